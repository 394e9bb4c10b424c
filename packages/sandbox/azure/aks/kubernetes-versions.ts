import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";

/**
 * The patch that each supported minor version stands for. The API server that the sandbox runs is of the newest one, so
 * an older minor is only told, not run.
 */
const patches: Readonly<Record<string, string>> = { "1.35": "1.35.7", "1.36": "1.36.4" };
const newest = "1.36.4";

/** Minors that AKS offers beside them: the one before to Premium clusters only, the next as a preview. */
const others = [
    { version: "1.34", isPreview: false, supportPlan: ["AKSLongTermSupport"] },
    { version: "1.37", isPreview: true, supportPlan: ["KubernetesOfficial"] },
].map((minor) => ({ ...minor, patch: `${minor.version}.0` }));

/** Microsoft.ContainerService, Managed Clusters - List Kubernetes Versions, 2025-09-01. */
export function listVersions(): Properties {
    const official = Object.entries(patches).map(([version, patch]) => {
        return { version, isPreview: false, supportPlan: ["KubernetesOfficial", "AKSLongTermSupport"], patch };
    });
    return {
        values: [...official, ...others].map(({ version, isPreview, supportPlan, patch }) => ({
            version,
            isPreview,
            ...(patch === newest ? { isDefault: true } : {}),
            capabilities: { supportPlan },
            patchVersions: { [patch]: { upgrades: [] } },
        })),
    };
}

/**
 * The full version that AKS runs for `asked` (a minor or a full version; the default is the newest).
 * Upgrades go one minor at a time and never back; the minor that already runs changes nothing.
 * @throws an ArmError for a version that is not supported or that cannot be reached from `current`.
 */
export function resolveVersion(asked: string | undefined, current: string | undefined): string {
    if (asked === undefined) {
        return current ?? newest;
    }
    const wanted = asked.split(".").length === 2 ? patches[asked] : laterPatch(asked);
    if (current?.startsWith(`${asked}.`)) {
        return current;
    }
    if (wanted === undefined) {
        throw new ArmError(
            400,
            "K8sVersionNotSupported",
            `Version ${asked} is not supported in this region. Supported versions are ${Object.keys(patches).join(", ")}. ` +
                "For more details, please check https://aka.ms/supported-version-list",
            "kubernetesVersion",
        );
    }
    const steps = current === undefined ? 0 : minor(wanted) - minor(current);
    if (steps < 0 || steps > 1) {
        throw new ArmError(
            400,
            "OperationNotAllowed",
            `Upgrading Kubernetes version ${current} to ${wanted} is not allowed: go to a newer version, one minor version at a time.`,
            "kubernetesVersion",
        );
    }
    return wanted;
}

/** Azure offers new patches of a supported minor all the time. */
function laterPatch(asked: string): string | undefined {
    const oldest = patches[asked.split(".").slice(0, 2).join(".")];
    return oldest !== undefined && oldest.localeCompare(asked, "en", { numeric: true }) <= 0 ? asked : undefined;
}

/** The minor that a full version is of, as AKS shows it where none was asked: "1.36". */
export function minorOf(version: string): string {
    return version.split(".").slice(0, 2).join(".");
}

function minor(version: string): number {
    return Number(version.split(".")[1]);
}
