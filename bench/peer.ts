import { execFile, execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { Checkout } from "../test/support/checkout";
import { Cluster } from "../test/support/cluster";
import { FleetPushes } from "../test/support/fleet-pushes";
import { GitHubDeployer, organization } from "../test/support/github-deployer";
import { until } from "../test/support/until";
import { clusterOf, fluxStatus } from "../tools/sandbox/flux-status";
import { BenchError } from "./bench-error";
import { engineEnvironment, ensureRunning } from "@landfall/sandbox";
import { ensureToolchain } from "@landfall/toolchain";

const stack = "staging";
const folder = `clusters/${stack}/flux-system`;

/** What the tree needs of Flux's own objects, which its owner patches before the bootstrap, as Flux's manual says. */
const patches = [
    {
        target: { kind: "Kustomization", name: "flux-system" },
        patch: JSON.stringify([
            { op: "add", path: "/spec/decryption", value: { provider: "sops", secretRef: { name: "sops-gpg" } } },
            {
                op: "add",
                path: "/spec/postBuild",
                value: { substituteFrom: [{ kind: "ConfigMap", name: "cluster-vars" }] },
            },
        ]),
    },
];

/**
 * The same tree on the same control plane by `flux bootstrap git` with Flux's defaults, beside what people do by hand:
 * keys and variables in the cluster, and patches of Flux in the repository.
 */
export class Peer {
    private readonly checkout: Checkout;

    constructor(systems: "all" | undefined) {
        this.checkout = new Checkout(systems ? { systems } : {});
    }

    /** Brings everything up but Flux, with the tree in its repository. */
    async prepare(): Promise<void> {
        const { checkout } = this;
        checkout.create();
        await ensureRunning({ repository: checkout.path(""), directory: checkout.sandbox }, 0);
        const flux = ["--exclude", "**kubernetes:helm.sh/v3:Release::**", "--exclude-dependents"];
        await checkout.output("pulumi", "up", "--yes", "--skip-preview", ...flux);
    }

    /** The manual steps and `flux bootstrap git`, until all of it is Ready. Gives the seconds of both. */
    async bootstrap(): Promise<{ readonly install: number; readonly total: number }> {
        const { checkout } = this;
        const { fluxPath, env } = await this.tools();
        const key = path.join(checkout.directory, "deploy-key");
        execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
        const started = performance.now();
        this.patch();
        const github = new GitHubDeployer(() => checkout.session());
        const publicKey = fs.readFileSync(`${key}.pub`, "utf8").trim();
        const deployKey = { title: "flux bootstrap", key: publicKey, read_only: false };
        await github.call("POST", `repos/${organization}/fleet-${stack}/keys`, deployKey);
        await promisify(execFile)(fluxPath, bootstrapArguments(key), { env }).catch(
            (error: Error & { stderr?: string }) => {
                throw new BenchError(`flux bootstrap: ${error.stderr ?? error.message}`);
            },
        );
        const install = (performance.now() - started) / 1000;
        await until(
            "the tree to be Ready",
            () => fluxStatus(checkout.sandbox, stack),
            (status) => status?.ready === true,
            30,
        );
        return { install, total: (performance.now() - started) / 1000 };
    }

    async remove(): Promise<void> {
        await this.checkout.remove();
    }

    /** `flux bootstrap` keeps a kustomization.yaml that is there; the others it writes over. */
    private patch(): void {
        const pushes = new FleetPushes(this.checkout, new Cluster(this.checkout));
        const resources = ["gotk-components.yaml", "gotk-sync.yaml"];
        pushes.commit(
            ...resources.map((file) => [`${folder}/${file}`, /^$/, "# flux bootstrap\n"] as const),
            [`${folder}/kustomization.yaml`, /^$/, stringify({ resources, patches })],
            [`clusters/${stack}/kustomization.yaml`, "resources:\n", "resources:\n  - flux-system\n"],
        );
    }

    private async tools(): Promise<{ fluxPath: string; env: NodeJS.ProcessEnv }> {
        const { checkout } = this;
        const cluster = await clusterOf(checkout.sandbox, stack);
        if (cluster === undefined) {
            throw new BenchError(`stack ${stack} has no cluster`);
        }
        const { binaries } = await ensureToolchain({ only: ["flux"], log: (line) => console.error(line) });
        const env = { ...engineEnvironment(checkout.sandbox, checkout.session()), KUBECONFIG: cluster.adminKubeconfig };
        return { fluxPath: path.join(binaries, "flux"), env };
    }
}

function bootstrapArguments(key: string): string[] {
    return [
        ...["bootstrap", "git", `--url=ssh://git@github.com/${organization}/fleet-${stack}.git`],
        ...[`--branch=${stack}`, `--path=clusters/${stack}`, `--private-key-file=${key}`, "--silent"],
        "--components-extra=image-reflector-controller,image-automation-controller,source-watcher",
    ];
}
