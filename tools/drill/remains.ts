import { spawnSync } from "node:child_process";
import {
    control,
    engineEnvironment,
    type Session,
    stackFolder,
    type Workspace,
    type WorldStatus,
} from "@landfall/sandbox";

interface Deployment {
    readonly resources?: readonly { readonly urn: string; readonly id?: string; readonly type: string }[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: { readonly urn: string } }[];
}

/** A stack's state, as `pulumi stack export` shows it. */
function exportedState({ directory }: Workspace, session: Session, stack: string): Deployment {
    const { status, stdout, stderr } = spawnSync("pulumi", ["stack", "export", "--stack", stack], {
        cwd: stackFolder(directory),
        env: engineEnvironment(directory, session),
        encoding: "utf8",
        maxBuffer: 1 << 28,
    });
    if (status !== 0) {
        throw new Error(`pulumi stack export: ${stderr}`);
    }
    return (JSON.parse(stdout) as { deployment: Deployment }).deployment;
}

/**
 * What is in Azure and not in the state, in the state and not in Azure, twice in one of them, or still pending: empty
 * when an update has converged.
 */
export async function remains(place: Workspace, session: Session, stack: string): Promise<string[]> {
    const { resources = [], pending_operations: pending = [] } = exportedState(place, session, stack);
    const { azureIds } = await control<WorldStatus>(place.directory, "GET", "/status");
    const known = resources
        .filter(({ type, id }) => type.startsWith("azure-native:") && id !== undefined)
        .map(({ id = "" }) => id.toLowerCase());
    const there = azureIds.map((id) => id.toLowerCase());
    return [
        ...there.filter((id) => !known.includes(id)).map((id) => `in Azure only: ${id}`),
        ...known.filter((id) => !there.includes(id)).map((id) => `in the state only: ${id}`),
        ...known.filter((id, index) => known.indexOf(id) !== index).map((id) => `twice in the state: ${id}`),
        ...pending.map(({ type, resource }) => `pending: ${type} ${resource.urn}`),
    ];
}
