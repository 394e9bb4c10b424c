import { parseArgs } from "node:util";
import { statusInSandbox } from "../status/sandbox";
import { flow } from "../status/text/layout";
import { block } from "../status/text/paint";
import { requireSession } from "./running";
import { control, knownStacks, requireStack, type WorldStatus } from "@landfall/sandbox";

/**
 * `status`: what `npm run status -- --sandbox` shows of each stack that has a cluster, or of one; then the sandbox
 * itself: processes, Azure resources, messages to Slack, and unknown hosts that were asked for. The exit code is 1 if a
 * stack is not healthy.
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

function worldLines({ clusters, azureResources, messages, unknownHosts }: WorldStatus): string {
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
        ...part("", countsOf(azureResources)),
        ...(messages.length > 0
            ? ["Messages to channels of Slack", ...part("", countsOf(messages.map(({ channel }) => channel)))]
            : []),
        ...(unknownHosts.length > 0
            ? ["Hosts that were asked for and are not part of the sandbox", ...part("", unknownHosts)]
            : []),
    ].join("\n");
}

/** Each text with how often it is there, sorted. */
function countsOf(texts: readonly string[]): string[] {
    const counts = new Map<string, number>();
    for (const text of texts) {
        counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return [...counts].sort().map(([text, count]) => `${text} ${count}`);
}
