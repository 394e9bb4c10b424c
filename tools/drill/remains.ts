import { spawnSync } from "node:child_process";
import { systemPoolName } from "../../components/settings/naming";
import { GitHubDeployer } from "./github-deployer";
import {
    control,
    engineEnvironment,
    type Session,
    stackFolder,
    type Workspace,
    type WorldStatus,
} from "@landfall/sandbox";

interface DeployedResource {
    readonly urn: string;
    readonly id?: string;
    readonly type: string;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

interface Deployment {
    readonly resources?: readonly DeployedResource[];
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
 * What is in Azure or a deploy key and not in the state, in the state and not there, twice in one of them, or still
 * pending: empty when a command has converged. What is on the subscription itself is the deployer's.
 */
export async function remains(place: Workspace, session: Session, stack: string): Promise<string[]> {
    const { resources = [], pending_operations: pending = [] } = exportedState(place, session, stack);
    const known = resources
        .filter(({ type, id }) => type.startsWith("azure-native:") && id !== undefined)
        .map(({ id = "" }) => id.toLowerCase());
    const { azureIds } = await control<WorldStatus>(place.directory, "GET", "/status");
    const there = azureIds
        .map((id) => id.toLowerCase())
        .filter((id) => !/^\/subscriptions\/[^/]+\/providers\//.test(id));
    const withClusters = resources.flatMap(madeByAks);
    const isMadeByAks = (id: string) => withClusters.some((other) => id === other || id.startsWith(`${other}/`));
    const keys = resources.filter(({ type }) => type === "github:index/repositoryDeployKey:RepositoryDeployKey");
    const keysThere = await deployKeys(session, resources);
    return [
        ...(keys.map(({ id }) => id).join() === keysThere.join()
            ? []
            : [`deploy keys at GitHub: ${keysThere.join()}; in the state: ${keys.map(({ id }) => id).join()}`]),
        ...there.filter((id) => !known.includes(id) && !isMadeByAks(id)).map((id) => `in Azure only: ${id}`),
        ...known.filter((id) => !there.includes(id)).map((id) => `in the state only: ${id}`),
        ...known.filter((id, index) => known.indexOf(id) !== index).map((id) => `twice in the state: ${id}`),
        ...pending.map(({ type, resource }) => `pending: ${type} ${resource.urn}`),
    ];
}

/** The ids of what Azure makes with a cluster: the pool that is a part of it, and the group of the nodes. */
function madeByAks({ type, id = "", outputs = {} }: DeployedResource): string[] {
    const { nodeResourceGroup } = outputs;
    if (type !== "azure-native:containerservice:ManagedCluster" || typeof nodeResourceGroup !== "string") {
        return [];
    }
    const [, subscription = ""] = /^(\/subscriptions\/[^/]+)\//i.exec(id) ?? [];
    return [`${id}/agentPools/${systemPoolName}`, `${subscription}/resourceGroups/${nodeResourceGroup}`].map((each) =>
        each.toLowerCase(),
    );
}

/** The ids of the fleet repository's deploy keys, as the provider writes them. */
async function deployKeys(session: Session, resources: Deployment["resources"] = []): Promise<string[]> {
    const repository = resources.find(({ type }) => type === "github:index/repository:Repository");
    const fullName = repository?.outputs?.fullName;
    if (repository === undefined || typeof fullName !== "string") {
        return [];
    }
    const keys = await new GitHubDeployer(() => session).call<{ id: number }[]>("GET", `repos/${fullName}/keys`);
    return keys.map(({ id }) => `${repository.id ?? ""}:${id}`);
}
