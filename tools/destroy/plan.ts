import { kindOf, type StateResource } from "../../components/recovery/stack-state";
import type { PhysicalNames } from "../../components/settings/naming";
import type { Engine } from "../rebuild/engine";
import type { Step } from "../rebuild/foreseen";
import { DestroyError } from "./destroy-error";

/** What taking a stack down does with it. */
export interface Plan {
    /** With something behind them, in the order in which they were made. */
    readonly goes: readonly StateResource[];
    readonly stays: readonly StateResource[];
    /** What an update was making when it was killed, and what may be there. */
    readonly unknown: readonly StateResource[];
    readonly clusters: readonly Cluster[];
    /** ARM ids of the DNS zones that stay. */
    readonly zones: readonly string[];
}

interface Cluster {
    readonly id: string;
    readonly name: string;
    /** ARM id of the group that AKS makes for nodes, load balancers, addresses and disks. */
    readonly nodeGroupId: string;
}

/** Goes on with what does not depend on a failure: one service that is down does not keep the rest. */
export const destruction = ["destroy", "--exclude-protected", "--continue-on-error"] as const;

/**
 * @param names the names of what the stack has in a subscription.
 * @throws DestroyError if the stack has nothing, or if the engine cannot plan it.
 */
export async function readPlan(engine: Engine, names: (subscriptionId: string) => PhysicalNames): Promise<Plan> {
    const { deployment } = await engine.state();
    const real = (deployment.resources ?? []).filter(
        ({ custom, type }) => custom === true && !type.startsWith("pulumi:providers:"),
    );
    if (real.length === 0) {
        throw new DestroyError(`the state of stack ${engine.place.stack} is empty: there is nothing to take down`);
    }
    const { code, stdout, stderr } = await engine.answer([...destruction, "--preview-only", "--json"]);
    if (code !== 0) {
        throw new DestroyError(`the engine cannot plan it: ${stderr.trim() || stdout.trim()}`);
    }
    const deleted = new Set(stepsIn(stdout).flatMap(({ op, urn }) => (op === "delete" ? [urn] : [])));
    const known = new Set(real.map(({ urn }) => urn));
    const stays = real.filter(({ urn }) => !deleted.has(urn));
    return {
        goes: real.filter(({ urn }) => deleted.has(urn)),
        stays,
        unknown: (deployment.pending_operations ?? [])
            .filter(({ type, resource }) => type === "creating" && !known.has(resource.urn))
            .map(({ resource }) => resource),
        clusters: clustersOf(real, names),
        zones: stays.filter((each) => kindOf(each) === "Zone").flatMap(({ id }) => id ?? []),
    };
}

/** Of a preview in JSON, around which the engine writes how many resources are protected. */
function stepsIn(output: string): readonly Step[] {
    const json = output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1);
    return json === "" ? [] : ((JSON.parse(json) as { steps?: readonly Step[] }).steps ?? []);
}

/** Those of the state; where an earlier attempt has deleted it, the one that the stack had. */
function clustersOf(real: readonly StateResource[], names: (subscriptionId: string) => PhysicalNames): Cluster[] {
    const [, subscriptionId = ""] =
        real.map(({ id = "" }) => /^\/subscriptions\/([^/]+)/i.exec(id)).find((match) => match !== null) ?? [];
    const group = (name: string) => `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
    const made = real
        .filter((each) => kindOf(each) === "ManagedCluster")
        .map(({ id = "", outputs = {} }) => ({
            id,
            name: id.slice(id.lastIndexOf("/") + 1),
            nodeGroupId: group(String(outputs.nodeResourceGroup)),
        }));
    const { cluster, clusterGroup, nodeGroup } = names(subscriptionId);
    return made.length > 0
        ? made
        : [
              {
                  id: `${group(clusterGroup)}/providers/Microsoft.ContainerService/managedClusters/${cluster}`,
                  name: cluster,
                  nodeGroupId: group(nodeGroup),
              },
          ];
}
