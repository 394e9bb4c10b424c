import type { ArmClient } from "../../components/azure/arm-client";
import { nameOf } from "../../components/recovery/stack-state";
import type { PhysicalNames } from "../../components/settings/naming";
import { confirm } from "../rebuild/confirm";
import type { Engine } from "../rebuild/engine";
import { byKind } from "../rebuild/plan-text";
import { RebuildError } from "../rebuild/rebuild-error";
import { type ClusterRecord, clusterRecords, deleteRecord } from "./cluster-records";
import { DestroyError } from "./destroy-error";
import { destruction, type Plan, readPlan } from "./plan";

export interface DestroyOptions {
    readonly engine: Engine;
    /** The names of what the stack has in a subscription. */
    readonly names: (subscriptionId: string) => PhysicalNames;
    /** Asks Azure as the deployer. */
    readonly connect: () => Promise<ArmClient>;
    /** Whether nobody is asked. */
    readonly yes: boolean;
    /** Whether to say what would happen, and no more. */
    readonly planOnly: boolean;
}

const clusterVersion = "2025-09-01";
const groupVersion = "2024-03-01";

/**
 * Takes the replaceable half of a stack down, and what its clusters made outside of it. The cluster itself is never
 * asked: that its API server is dead, Flux is gone or a finalizer is stuck keeps nothing, since Azure takes load
 * balancers, addresses and disks away with the group of the nodes.
 *
 * @throws DestroyError that names what is left, once everything else is gone.
 */
export async function destroy({ engine, names, connect, yes, planOnly }: DestroyOptions): Promise<void> {
    const { stack } = engine.place;
    const plan = await readPlan(engine, names);
    const arm = await connect();
    const records = await recordsOf(arm, plan);
    console.log(planText(stack, plan, records));
    if (planOnly) {
        return;
    }
    await confirm("Type the stack's name to take down what is listed: ", stack, yes);
    const begin = Date.now();
    const problems = [
        ...(await removeReplaceable(engine)),
        ...(await deleteRecords(arm, plan, records)),
        ...(await leftInAzure(arm, plan)),
    ];
    if (problems.length > 0) {
        throw new DestroyError(
            [`Stack ${stack} is not all gone:`, ...problems.map(indented), "Run the same command again."].join("\n"),
        );
    }
    console.log(endText(stack, plan, Math.round((Date.now() - begin) / 1000)));
}

/** Gives why the engine failed. */
async function removeReplaceable(engine: Engine): Promise<string[]> {
    try {
        await engine.follow(...destruction, "--yes", "--skip-preview");
        return [];
    } catch (error) {
        if (error instanceof RebuildError) {
            return [error.message];
        }
        throw error;
    }
}

async function recordsOf(arm: ArmClient, { clusters, zones }: Plan): Promise<ClusterRecord[]> {
    const found = clusters.flatMap(({ name }) => zones.map((zone) => clusterRecords(arm, zone, name)));
    return (await Promise.all(found)).flat();
}

/** After the cluster, whose external-dns would make them again. What it cannot delete is named. */
async function deleteRecords(arm: ArmClient, plan: Plan, records: readonly ClusterRecord[]): Promise<string[]> {
    for (const { id } of plan.clusters) {
        if ((await arm.ask(`${id}?api-version=${clusterVersion}`)).status !== 404) {
            return records.map(({ title }) => `${title} stays as long as its cluster`);
        }
    }
    const problems: string[] = [];
    for (const record of records) {
        const refused = await deleteRecord(arm, record);
        if (refused !== undefined) {
            problems.push(`${record.title} leads nowhere, and may be taken by somebody else: ${refused}`);
        }
    }
    return problems;
}

/** What Azure should have taken away with the clusters. */
async function leftInAzure(arm: ArmClient, { clusters }: Plan): Promise<string[]> {
    const groups = await Promise.all(
        clusters.map(async ({ nodeGroupId }) => ({
            id: nodeGroupId,
            status: (await arm.ask(`${nodeGroupId}?api-version=${groupVersion}`)).status,
        })),
    );
    return groups
        .filter(({ status }) => status !== 404)
        .map(({ id }) => `${id} is still there, with the load balancers and disks in it`);
}

function planText(stack: string, plan: Plan, records: readonly ClusterRecord[]): string {
    const { goes, stays, unknown, clusters } = plan;
    return [
        `Destruction of stack ${stack}`,
        "",
        `Goes: ${goes.length} resources`,
        ...byKind(goes),
        ...clusters.map(({ nodeGroupId }) => `  with nodes, load balancers, addresses and disks in ${nodeGroupId}`),
        ...records.map(({ title }) => `  DNS record ${title}`),
        "",
        `Stays: ${stays.length} resources, protected or kept`,
        ...byKind(stays),
        ...(unknown.length === 0
            ? []
            : ["", `An update was killed while it made these, which may be there: ${unknown.map(nameOf).join(", ")}`]),
        "",
    ].join("\n");
}

function endText(stack: string, { stays, unknown }: Plan, seconds: number): string {
    return [
        "",
        `The replaceable half of stack ${stack} is gone, after ${seconds} s, and nothing that its cluster made is left.`,
        "Stays, and costs what it holds:",
        ...stays.flatMap(({ id }) => (id?.startsWith("/subscriptions/") ? [`  ${id}`] : [])),
        ...unknown.map((resource) => `May be there, and is in no state: ${nameOf(resource)}`),
        "To remove it too: README.md, Tear down",
    ].join("\n");
}

function indented(text: string): string {
    return `  ${text.replaceAll("\n", "\n  ")}`;
}
