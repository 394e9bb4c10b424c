/**
 * The programs that run as host processes instead of in containers, and what each needs to be told besides its pod's
 * own arguments: addresses of the pod, and folders of the host. Flags come after the pod's, and the last one wins.
 *
 * The binaries are those of the toolchain, whatever tag the pod's image has.
 */
import { join } from "node:path";

interface HostPlace {
    /** Loopback address that the pod's ports are opened on. */
    readonly address: string;
    /** The pod's folder on the host. */
    readonly folder: string;
    /** Flux distribution manifests, which flux-operator's image carries in /data. */
    readonly fluxDistribution: string;
}

export interface HostProgram {
    /** The last segment of the image's repository, and the file in the folder of binaries. */
    readonly name: string;
    readonly flags: (place: HostPlace) => string[];
    readonly env?: Readonly<Record<string, string>>;
}

/**
 * controller-runtime finds the namespace of the lease in a file at a fixed path that only containers have. So a second
 * replica is active too, and a rolling update overlaps for a moment: leader election is not proved.
 */
const withoutLease = "--enable-leader-election=false";

const programs: readonly HostProgram[] = [
    {
        name: "flux-operator",
        flags: ({ address, fluxDistribution }) => [
            `--storage-path=${fluxDistribution}`,
            `--metrics-addr=${address}:8080`,
            `--health-addr=${address}:8081`,
            "--web-server-port=0",
            withoutLease,
        ],
        // Its main package refuses to start unless Go's FIPS 140-3 mode is on, which the image sets.
        env: { GODEBUG: "fips140=on" },
    },
    {
        name: "source-controller",
        flags: ({ address, folder }) => [
            ...controllerFlags(address),
            `--storage-addr=${address}:9090`,
            storageFlag(folder),
        ],
    },
    { name: "kustomize-controller", flags: ({ address }) => controllerFlags(address) },
    { name: "helm-controller", flags: ({ address }) => controllerFlags(address) },
    {
        name: "notification-controller",
        flags: ({ address }) => [
            ...controllerFlags(address),
            `--events-addr=${address}:9090`,
            `--receiverAddr=${address}:9292`,
        ],
    },
    {
        name: "image-reflector-controller",
        flags: ({ address, folder }) => [...controllerFlags(address), storageFlag(folder)],
    },
    { name: "image-automation-controller", flags: ({ address }) => controllerFlags(address) },
    {
        name: "source-watcher",
        flags: ({ address, folder }) => [
            ...controllerFlags(address),
            `--storage-addr=${address}:9090`,
            storageFlag(folder),
        ],
    },
];

/** Matches the images of the programs above, in the regular expression syntax of JavaScript and of jq alike. */
export const hostProgramImage = `(^|/)(${programs.map(({ name }) => name).join("|")})(:[^/]+)?(@.+)?$`;

/** The program that an image is, or undefined for an image that is left to kwok. */
export function hostProgramOf(image: string | undefined): HostProgram | undefined {
    const name = new RegExp(hostProgramImage).exec(image ?? "")?.[2];
    return programs.find((program) => program.name === name);
}

function controllerFlags(address: string): string[] {
    return [`--metrics-addr=${address}:8080`, `--health-addr=${address}:9440`, withoutLease];
}

/** The volume that the pod has for it. */
function storageFlag(folder: string): string {
    return `--storage-path=${join(folder, "volumes", "data")}`;
}
