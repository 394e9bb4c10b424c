import { type ArmClient, ArmRefusal, pagesOf } from "../../azure/arm-client";
import { type ArmAnswer, problemOf } from "../../azure/arm-request";
import type { PhysicalNames } from "../../settings/naming";
import type { Settings } from "../../settings/settings";
import { NotKnown } from "../finding";

/** What the checks are about. */
export interface Subject {
    readonly subscriptionId: string;
    readonly names: PhysicalNames;
    readonly settings: Settings;
    /** Whether the caller is about to change Azure, which takes more rights than a preview. */
    readonly changes: boolean;
    /** Whether the caller is who deploys the stack, and not somebody who looks at what a deployment would do. */
    readonly byDeployer: boolean;
}

/** An AKS pool as it stands. */
export interface ExistingPool {
    readonly name: string;
    readonly vmSize: string;
    readonly count: number;
    /** The version that its nodes run. */
    readonly version: string;
}

/** A size of virtual machine, as the subscription may use it in the region. */
export interface VmSize {
    readonly name: string;
    /** Whose quota its vCPUs count towards, such as `standardDDSv5Family`. */
    readonly family: string;
    readonly vcpus: number;
    readonly zones: readonly string[];
    /** Why the subscription cannot have it in the region; undefined if it can. */
    readonly refusal: string | undefined;
}

type Json = Record<string, unknown>;

/** Reads what a subscription says of itself and its region. What two checks ask for is read once. */
export class Subscription {
    readonly scope: string;
    private readonly answers = new Map<string, Promise<unknown>>();

    constructor(
        private readonly arm: ArmClient,
        readonly subject: Subject,
    ) {
        this.scope = `/subscriptions/${subject.subscriptionId}`;
    }

    /** Pools of the stack's cluster by name; none while there is no cluster. */
    pools(): Promise<ReadonlyMap<string, ExistingPool>> {
        return this.once("pools", async () => {
            const { clusterGroup, cluster } = this.subject.names;
            const id = `${this.scope}/resourceGroups/${clusterGroup}/providers/Microsoft.ContainerService/managedClusters/${cluster}`;
            const pools = (await this.list(`${id}/agentPools?api-version=2025-09-01`, { absent: [] })) as PoolBody[];
            return new Map(
                pools.map(({ name, properties: { vmSize, count, currentOrchestratorVersion } }) => [
                    name,
                    { name, vmSize, count: count ?? 0, version: currentOrchestratorVersion ?? "" },
                ]),
            );
        });
    }

    /** Sizes of virtual machines by name in lower case, with what the subscription may not use. */
    vmSizes(): Promise<ReadonlyMap<string, VmSize>> {
        return this.once("sizes", async () => {
            const { clusterLocation: location } = this.subject.settings;
            const filter = encodeURIComponent(`location eq '${location}'`);
            const path = `${this.scope}/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=${filter}`;
            const skus = (await this.list(path)) as ComputeSku[];
            return new Map(
                skus
                    .filter(({ resourceType }) => resourceType === "virtualMachines")
                    .map((sku) => [sku.name.toLowerCase(), vmSizeOf(sku, location)]),
            );
        });
    }

    /** Whether a resource group exists. */
    groupExists(name: string): Promise<boolean> {
        return this.once(`group ${name}`, async () => {
            const path = `${this.scope}/resourceGroups/${name}?api-version=2024-03-01`;
            return (await this.ask(path, undefined, [404])).status === 200;
        });
    }

    /** A GET of one thing. @throws NotKnown if Azure does not say. */
    async read(path: string): Promise<Json> {
        return (await this.ask(path)).body;
    }

    /** A POST that changes nothing. @throws NotKnown if Azure does not say. */
    async post(path: string, body: Json): Promise<Json> {
        return (await this.ask(path, body)).body;
    }

    /** Every page of a list; `absent` is the answer when what it belongs to is not there. @throws NotKnown */
    async list(path: string, { absent }: { readonly absent?: readonly unknown[] } = {}): Promise<readonly unknown[]> {
        const found: unknown[] = [];
        for await (const answer of pagesOf(path, (page) => this.ask(page, undefined, absent ? [404] : []))) {
            if (answer.status === 404) {
                return absent ?? [];
            }
            found.push(...((answer.body.value ?? []) as unknown[]));
        }
        return found;
    }

    private async ask(path: string, body?: Json, expected: readonly number[] = []): Promise<ArmAnswer> {
        const answer = await this.arm.ask(path, body).catch((error: unknown) => {
            throw error instanceof ArmRefusal ? new NotKnown(error.message) : error;
        });
        if (answer.status !== 200 && !expected.includes(answer.status)) {
            throw new NotKnown(problemOf(answer));
        }
        return answer;
    }

    private once<T>(name: string, ask: () => Promise<T>): Promise<T> {
        const answer = this.answers.get(name) ?? ask();
        this.answers.set(name, answer);
        return answer as Promise<T>;
    }
}

/** Microsoft.ContainerService, 2025-09-01, AgentPool. */
interface PoolBody {
    readonly name: string;
    readonly properties: {
        readonly vmSize: string;
        readonly count?: number;
        readonly currentOrchestratorVersion?: string;
    };
}

/** Microsoft.Compute, 2021-07-01, ResourceSku. */
interface ComputeSku {
    readonly resourceType: string;
    readonly name: string;
    readonly family?: string;
    readonly capabilities?: readonly { readonly name: string; readonly value: string }[];
    readonly locationInfo?: readonly { readonly location: string; readonly zones?: readonly string[] }[];
    readonly restrictions?: readonly {
        readonly type: "Location" | "Zone";
        readonly reasonCode: string;
        readonly restrictionInfo?: { readonly zones?: readonly string[] };
    }[];
}

function vmSizeOf(
    { name, family = "", capabilities = [], locationInfo = [], restrictions = [] }: ComputeSku,
    location: string,
): VmSize {
    const here = locationInfo.find((info) => info.location.toLowerCase() === location);
    const closed = restrictions.flatMap(({ type, restrictionInfo }) =>
        type === "Zone" ? (restrictionInfo?.zones ?? []) : [],
    );
    return {
        name,
        family,
        vcpus: Number(capabilities.find((capability) => capability.name === "vCPUs")?.value ?? 0),
        zones: (here?.zones ?? []).filter((zone) => !closed.includes(zone)),
        refusal: restrictions.find(({ type }) => type === "Location")?.reasonCode,
    };
}
