import type * as pulumi from "@pulumi/pulumi";
import { BundledResource } from "../bundled-resource";
import { type ArmAnswer, errorOf, problemOf, sendToArm } from "./arm-request";
import { borrowToken } from "./borrow-token";
import { lendToken, type TokenSource } from "./lend-token";
import { isOfMinor, type LivePool } from "./live-cluster";

export interface NodeUpgradeArgs {
    /** ARM id of the cluster. */
    readonly clusterId: pulumi.Input<string>;
    /** The minor that the control plane runs, and the pools are to run. */
    readonly kubernetesVersion: string;
    /** The pools that run another one, in the order in which they are upgraded. */
    readonly behind: pulumi.Input<readonly string[]>;
    /** For Azure Resource Manager. */
    readonly token: TokenSource;
}

interface Inputs {
    readonly clusterId: string;
    readonly kubernetesVersion: string;
    readonly behind: readonly string[];
    /** Where `borrowToken` gets a token. */
    readonly lender: string;
}

interface Outputs {
    readonly kubernetesVersion: string;
}

const apiVersion = "2025-09-01";
const longestPauseSeconds = 15;

/** What Azure shows of a pool and does not take. */
const readOnly = ["provisioningState", "currentOrchestratorVersion", "nodeImageVersion", "eTag", "status"];

/** @public Of the bundle. */
export class NodeUpgradeProvider implements pulumi.dynamic.ResourceProvider<Inputs, Outputs> {
    async create(inputs: Inputs) {
        return { id: inputs.clusterId, outs: await this.upgrade(inputs) };
    }

    async update(_id: string, _olds: Outputs, news: Inputs) {
        return { outs: await this.upgrade(news) };
    }

    async diff(_id: string, olds: Outputs, news: Inputs) {
        return Promise.resolve({
            changes: news.behind.length > 0 || olds.kubernetesVersion !== news.kubernetesVersion,
        });
    }

    private async upgrade({ clusterId, kubernetesVersion, behind, lender }: Inputs): Promise<Outputs> {
        for (const [index, name] of behind.entries()) {
            // The engine shows what a provider prints.
            console.log(`node pool ${name}: to Kubernetes ${kubernetesVersion}`);
            const failure = await upgradePool(lender, `${clusterId}/agentPools/${name}`, kubernetesVersion);
            if (failure !== undefined) {
                const left = behind.slice(index + 1);
                const rest = left.length === 0 ? "" : `; not begun: ${left.join(", ")}`;
                throw new Error(
                    `node pool ${name} was not upgraded to Kubernetes ${kubernetesVersion}: ${failure}${rest}. ` +
                        "Remove the cause (often a PodDisruptionBudget that lets no pod go, or a quota) and run up again; " +
                        "what is upgraded stays so",
                );
            }
        }
        return { kubernetesVersion };
    }
}

/** Gives what went wrong, or undefined. A pool that has the version is left alone. */
async function upgradePool(lender: string, id: string, minor: string): Promise<string | undefined> {
    const path = `${id}?api-version=${apiVersion}`;
    const before = await send(lender, "GET", path);
    if (before.status !== 200) {
        return problemOf(before);
    }
    const pool = propertiesOf(before);
    if (isOfMinor((pool as Partial<LivePool>).currentOrchestratorVersion, minor)) {
        return undefined;
    }
    const wanted = Object.fromEntries(Object.entries(pool).filter(([name]) => !readOnly.includes(name)));
    const written = await send(lender, "PUT", path, { properties: { ...wanted, orchestratorVersion: minor } });
    return written.status >= 300 ? problemOf(written) : waitForPool(lender, path, written);
}

async function waitForPool(lender: string, path: string, written: ArmAnswer): Promise<string | undefined> {
    let answer = written;
    for (let pause = 1; ; pause = Math.min(2 * pause, longestPauseSeconds)) {
        const { provisioningState, status } = propertiesOf(answer);
        if (answer.status >= 300) {
            return problemOf(answer);
        }
        if (provisioningState === "Succeeded") {
            return undefined;
        }
        if (provisioningState === "Failed" || provisioningState === "Canceled") {
            const { code, message } = errorOf({
                status: answer.status,
                body: { error: (status as { provisioningError?: unknown } | undefined)?.provisioningError },
            });
            return `${provisioningState} ${code} ${message}`.trim();
        }
        await new Promise((resolve) => setTimeout(resolve, pause * 1000));
        answer = await send(lender, "GET", path);
    }
}

/** With a token of its own: an upgrade lasts longer than a token. */
async function send(lender: string, method: string, path: string, body?: unknown): Promise<ArmAnswer> {
    return sendToArm(await borrowToken(lender), method, path, body);
}

function propertiesOf({ body }: ArmAnswer): Record<string, unknown> {
    return (body.properties ?? {}) as Record<string, unknown>;
}

/**
 * The node pools of a cluster brought to the minor of its control plane: AKS upgrades the control plane alone when the
 * version of a cluster changes. The pools follow one at a time, each with the surge of its own settings, and those that
 * run the minor already are left alone. Nothing is done to a cluster that was just made.
 *
 * Through the pools' own interface, because AKS refuses a version of one pool in a write to the cluster
 * (`NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged`), and because a version in the inputs of a pool would
 * fight the patches that AKS applies.
 *
 * @throws Error naming the pool that was not upgraded, Azure's words, and the pools that were not begun. The next
 * update goes on from there.
 */
export class NodeUpgrade extends BundledResource {
    constructor(name: string, { token, ...args }: NodeUpgradeArgs, opts?: pulumi.CustomResourceOptions) {
        const lender = lendToken(token);
        super(NodeUpgradeProvider, __filename, ["azure", "NodeUpgrade"], name, { ...args, lender }, opts);
    }
}
