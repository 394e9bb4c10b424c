import { parseArgs } from "node:util";
import { statusInSandbox } from "../status/sandbox";
import { flow } from "../status/text/layout";
import { block } from "../status/text/paint";
import { requireSession } from "./running";
import { control, knownStacks, requireStack, type WorldStatus } from "@landfall/sandbox";

/**
 * `status`: what `npm run status -- --sandbox` shows of each stack that has a cluster, or of one; then the sandbox
 * itself: processes, Azure resources, and unknown hosts that were asked for. The exit code is 1 if a stack is not
 * healthy.
 */
export async function status(args: string[]): Promise<number> {
    const { values } = parseArgs({ args, options: { stack: { type: "string" } } });
    const { repository, directory } = requireSession();
    const world = await control<WorldStatus>(directory, "GET", "/status");
    if (values.stack !== undefined) {
        requireStack(repository, values.stack);
    }
    const hasCluster = (stack: string) => world.clusters.some(({ name }) => name.includes(stack));
    const stacks = values.stack === undefined ? knownStacks(repository).filter(hasCluster) : [values.stack];
    const codes: number[] = [];
    for (const stack of stacks) {
        codes.push(await statusInSandbox(stack, ["--stack", stack]));
        console.log("");
    }
    console.log(worldLines(world));
    return Math.max(0, ...codes);
}

function worldLines({ clusters, azureResources, unknownHosts }: WorldStatus): string {
    const types = new Map<string, number>();
    for (const type of azureResources) {
        types.set(type, (types.get(type) ?? 0) + 1);
    }
    const part = (name: string, lines: readonly string[]) =>
        lines.length === 0 ? [] : [block(name, flow(lines.map((text) => ({ text }))), false)];
    return [
        ...clusters.flatMap(({ name, processes }) => [
            `Processes of ${name}`,
            ...part(
                "",
                processes.map((process) => `${process.name} (${process.pid})`),
            ),
        ]),
        `Resources in Azure: ${azureResources.length}`,
        ...part(
            "",
            [...types].sort().map(([type, count]) => `${type} ${count}`),
        ),
        ...(unknownHosts.length > 0
            ? ["Hosts that were asked for and are not part of the sandbox", ...part("", unknownHosts)]
            : []),
    ].join("\n");
}
