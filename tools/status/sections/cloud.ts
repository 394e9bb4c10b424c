import type { AzureObservation, Observation } from "../read/observation";
import { type Cloud, isKnown, type Problem } from "../status";
import { type Commands, section, type Section } from "./section";

/** Resource groups, cluster and node pools, as Azure Resource Manager shows them. */
export function cloud({ azure }: Pick<Observation, "azure">, commands: Commands): Section<Cloud> {
    return section<AzureObservation, Cloud>(azure, ({ subscription, groups, cluster: found }) => {
        if (!isKnown(found)) {
            return { part: found };
        }
        const { name = "", location = "", properties = {} } = found ?? {};
        const pools = (properties.agentPoolProfiles ?? []).map((pool) => ({
            name: pool.name,
            nodes: pool.count ?? 0,
            state: pool.provisioningState ?? "",
            version: pool.currentOrchestratorVersion ?? "",
        }));
        const cluster = {
            name,
            region: location,
            state: properties.provisioningState ?? "",
            power: properties.powerState?.code ?? "",
            version: properties.currentKubernetesVersion ?? "",
            pools,
        };
        const part: Cloud = {
            subscription,
            groups: groups.map(({ name: group, state }) => ({ name: group, state: state ?? "absent" })),
            ...(found ? { cluster } : {}),
        };
        return { part, problems: problemsOf(part, commands) };
    });
}

function problemsOf({ groups, cluster }: Cloud, { up }: Commands): Problem[] {
    const problem = (object: string, message: string, command: string): Problem => ({
        severity: "error",
        part: "cloud",
        object,
        message,
        command,
    });
    const clusterGroup = groups[1]?.name ?? "";
    if (!cluster) {
        return [problem(`resource group ${clusterGroup}`, "there is no cluster in it", up)];
    }
    const at = `--resource-group ${clusterGroup} --name ${cluster.name}`;
    const show = `az aks show ${at} --query provisioningState`;
    const stopped = cluster.power !== "" && cluster.power !== "Running";
    return [
        ...(stopped ? [problem(`cluster ${cluster.name}`, `is ${cluster.power}`, `az aks start ${at}`)] : []),
        ...(isFault(cluster.state) ? [problem(`cluster ${cluster.name}`, `is ${cluster.state}`, show)] : []),
        ...cluster.pools
            .filter(({ state }) => isFault(state))
            .map(({ name, state }) =>
                problem(
                    `node pool ${name}`,
                    `is ${state}`,
                    `az aks nodepool show --resource-group ${clusterGroup} --cluster-name ${cluster.name} --name ${name}`,
                ),
            ),
    ];
}

/** Any other state says what Azure is doing just now. */
function isFault(state: string): boolean {
    return state === "Failed" || state === "Canceled";
}
