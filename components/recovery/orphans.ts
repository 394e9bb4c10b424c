import { type ArmClient, refusal } from "../azure/arm-client";
import { text } from "../azure/arm-request";
import type { GitHubApi } from "../gitops/fleet/github-api";
import { azureAddress } from "./azure-addresses";
import type { InterruptedCreate } from "./interrupted-creates";

/** A resource that a killed update made: it is there, and not in the state. */
export interface Orphan {
    readonly type: string;
    readonly name: string;
    /** What the provider knows it by. */
    readonly id: string;
    /** Azure's API version for it; undefined at GitHub. */
    readonly apiVersion?: string;
    /** Whether Azure is still at work on it. */
    readonly unfinished: boolean;
}

export interface Places {
    readonly arm: ArmClient;
    readonly github: GitHubApi;
    readonly subscriptionId: string;
    /** Owner of the fleet repository. */
    readonly owner: string;
}

/**
 * Looks for what killed updates had begun to make. What is found is the stack's own: the state says that an update was
 * about to make it, under this name, in this group or repository, and Azure has it in the region that was asked for.
 * What is elsewhere is somebody else's, and the provider refuses it.
 *
 * Objects of the cluster are not looked for: the provider applies them, whether they are there or not.
 */
export async function findOrphans(creates: readonly InterruptedCreate[], places: Places): Promise<Orphan[]> {
    const found = new Map<string, Orphan>();
    for (const create of creates) {
        const key = `${create.type} ${create.name}`;
        const orphan = found.has(key) ? undefined : await findOrphan(create, places);
        if (orphan) {
            found.set(key, orphan);
        }
    }
    return [...found.values()];
}

function findOrphan(create: InterruptedCreate, places: Places): Promise<Orphan | undefined> {
    return create.type === "github:index/repositoryDeployKey:RepositoryDeployKey"
        ? findDeployKey(create, places)
        : findInAzure(create, places);
}

async function findInAzure(
    { type, name, inputs }: InterruptedCreate,
    { arm, subscriptionId }: Places,
): Promise<Orphan | undefined> {
    const address = azureAddress(type, { ...inputs, subscriptionId });
    if (!address) {
        return undefined;
    }
    const { id, apiVersion } = address;
    const answer = await arm.ask(`${id}?api-version=${apiVersion}`);
    if (answer.status === 404) {
        return undefined;
    }
    if (answer.status !== 200) {
        throw refusal(`whether ${id} exists`, answer);
    }
    const { location, properties } = answer.body as { location?: string; properties?: Record<string, unknown> };
    if (location !== undefined && inputs.location !== undefined && region(location) !== region(inputs.location)) {
        return undefined;
    }
    return { type, name, id, apiVersion, unfinished: isUnfinished(text(properties?.provisioningState)) };
}

const ended = ["", "succeeded", "failed", "canceled"];

export function isUnfinished(provisioningState: string): boolean {
    return !ended.includes(provisioningState.toLowerCase());
}

/** `West Europe` is `westeurope`. */
function region(location: unknown): string {
    return text(location).toLowerCase().replaceAll(" ", "");
}

interface DeployKey {
    readonly id: number;
    readonly title: string;
    readonly key: string;
    readonly read_only: boolean;
}

async function findDeployKey(
    { type, name, inputs }: InterruptedCreate,
    { github, owner }: Places,
): Promise<Orphan | undefined> {
    const repository = text(inputs.repository);
    const keys = (await github.find<DeployKey[]>(`/repos/${owner}/${repository}/keys?per_page=100`)) ?? [];
    const own = keys.find(
        ({ key, title, read_only: readOnly }) =>
            keyIn(key) === keyIn(text(inputs.key)) && title === inputs.title && readOnly === inputs.readOnly,
    );
    return own && { type, name, id: `${repository}:${own.id}`, unfinished: false };
}

/** Type and data of a public key, without its comment. */
function keyIn(line: string): string {
    return line.trim().split(/\s+/).slice(0, 2).join(" ");
}
