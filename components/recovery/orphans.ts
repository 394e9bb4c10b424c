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

/** A resource, with what Azure shows of it: under the names of the inputs. */
export interface Found {
    readonly orphan: Orphan;
    readonly shown: Readonly<Record<string, unknown>>;
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
        : findInAzure(create, places).then((found) => found?.orphan);
}

/** A resource that is in Azure at the address that its inputs name, and in the region that they ask for. */
export async function findInAzure(
    { type, name, inputs }: InterruptedCreate,
    { arm, subscriptionId }: Places,
): Promise<Found | undefined> {
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
    const { properties, ...rest } = answer.body as { location?: string; properties?: Record<string, unknown> };
    const { location } = rest;
    if (location !== undefined && inputs.location !== undefined && region(location) !== region(inputs.location)) {
        return undefined;
    }
    const unfinished = isUnfinished(text(properties?.provisioningState));
    return { orphan: { type, name, id, apiVersion, unfinished }, shown: { ...rest, ...properties } };
}

const assignments = "/providers/Microsoft.Authorization/roleAssignments";

/** A role that a principal has on a scope: the provider made up its name, and Azure refuses another of the same. */
export async function findRoleAssignment(
    { type, name, inputs }: InterruptedCreate,
    { arm }: Places,
): Promise<Found | undefined> {
    const apiVersion = "2022-04-01";
    const scope = text(inputs.scope);
    const answer = await arm.ask(`${scope}${assignments}?api-version=${apiVersion}&$filter=atScope()`);
    if (answer.status === 404) {
        return undefined;
    }
    if (answer.status !== 200) {
        throw refusal(`which roles are granted on ${scope}`, answer);
    }
    const found = (answer.body.value as readonly Assignment[]).find(
        ({ properties }) =>
            same(properties.scope, scope) &&
            same(properties.principalId, text(inputs.principalId)) &&
            // With or without the subscription before it.
            same(lastOf(properties.roleDefinitionId), lastOf(text(inputs.roleDefinitionId))),
    );
    const id = `${scope}${assignments}/${found?.name}`;
    return found && { orphan: { type, name, id, apiVersion, unfinished: false }, shown: {} };
}

interface Assignment {
    readonly name: string;
    readonly properties: { readonly scope: string; readonly principalId: string; readonly roleDefinitionId: string };
}

function same(left: string, right: string): boolean {
    return left.toLowerCase() === right.toLowerCase();
}

function lastOf(id: string): string {
    return id.split("/").at(-1) ?? "";
}

const ended = ["", "succeeded", "failed", "canceled"];

export function isUnfinished(provisioningState: string): boolean {
    return !ended.includes(provisioningState.toLowerCase());
}

/** `West Europe` is `westeurope`. */
function region(location: unknown): string {
    return text(location).toLowerCase().replaceAll(" ", "");
}

export interface DeployKey {
    readonly id: number;
    readonly title: string;
    readonly key: string;
    readonly read_only: boolean;
}

async function findDeployKey({ type, name, inputs }: InterruptedCreate, places: Places): Promise<Orphan | undefined> {
    const repository = text(inputs.repository);
    const own = (await deployKeys(repository, places)).find(
        ({ key, title, read_only: readOnly }) =>
            keyIn(key) === keyIn(text(inputs.key)) && title === inputs.title && readOnly === inputs.readOnly,
    );
    return own && { type, name, id: `${repository}:${own.id}`, unfinished: false };
}

/** None, if there is no such repository. */
export async function deployKeys(repository: string, { github, owner }: Places): Promise<readonly DeployKey[]> {
    return (await github.find<DeployKey[]>(`/repos/${owner}/${repository}/keys?per_page=100`)) ?? [];
}

/** Type and data of a public key, without its comment. */
export function keyIn(line: string): string {
    return line.trim().split(/\s+/).slice(0, 2).join(" ");
}
