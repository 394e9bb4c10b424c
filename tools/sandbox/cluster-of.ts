import { firstCluster, physicalNames } from "../../components/settings/naming";
import { control, type WorldStatus } from "@landfall/sandbox";

/** The cluster of a stack that has a name, or the first of its clusters that there is. */
export async function clusterOf(
    directory: string,
    stack: string,
    cluster?: string,
): Promise<WorldStatus["clusters"][number] | undefined> {
    const { clusters } = await control<WorldStatus>(directory, "GET", "/status");
    const named = (text: string) => {
        const names = physicalNames({ project: "landfall", stack, subscriptionId: "" });
        return clusters.find(({ name }) => name === names.ofCluster(text).cluster);
    };
    return cluster === undefined
        ? (named(firstCluster) ?? clusters.find(({ name }) => name.includes(stack)))
        : named(cluster);
}
