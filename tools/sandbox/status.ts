import { probableCause } from "../../components/gitops/readiness/probable-cause";
import { fluxStatus } from "./flux-status";
import { columns, fluxTable } from "./report";
import { requireSession } from "./running";
import { control, knownStacks, type WorldStatus } from "@landfall/sandbox";

/**
 * `status`: the clusters with their processes, the state of everything Flux reconciles, and unknown hosts that were
 * asked for.
 */
export async function status(): Promise<number> {
    const { repository, directory } = requireSession();
    const world = await control<WorldStatus>(directory, "GET", "/status");
    for (const cluster of world.clusters) {
        console.log(`Cluster ${cluster.name}  https://${cluster.fqdn}`);
        console.log(`  ${cluster.processes.map(({ name, pid }) => `${name} (${pid})`).join(", ")}\n`);
    }
    for (const stack of knownStacks(repository)) {
        await showStack(directory, stack);
    }
    const types = new Map<string, number>();
    for (const type of world.azureResources) {
        types.set(type, (types.get(type) ?? 0) + 1);
    }
    console.log(columns([["AZURE", "COUNT"], ...[...types].sort().map(([type, count]) => [type, String(count)])]));
    if (world.unknownHosts.length > 0) {
        console.log(`\nHosts that were asked for and are not part of the sandbox: ${world.unknownHosts.join(", ")}`);
    }
    return 0;
}

async function showStack(directory: string, stack: string): Promise<void> {
    const graph = await fluxStatus(directory, stack);
    if (!graph) {
        return;
    }
    console.log(`Stack ${stack}: ${graph.ready ? "ready" : "not ready"}\n${fluxTable(graph.objects)}\n`);
    for (const { kind, namespace, name, message } of graph.blockers) {
        const cause = probableCause(message);
        if (cause !== undefined) {
            console.log(`${kind} ${namespace}/${name}: ${cause}\n`);
        }
    }
}
