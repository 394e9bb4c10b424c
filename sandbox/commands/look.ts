import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { probableCause } from "../../components/gitops/probable-cause";
import { engineEnvironment, exitOf, startPulumi } from "../engine";
import { fleetOf } from "../fleet";
import { clusterOf, fluxGraph } from "../flux-graph";
import { columns, fluxTable } from "../report";
import { SandboxError } from "../sandbox-error";
import { control, isAlive, readSession, sandboxDirectory, type Session, type WorldStatus } from "../session";
import { knownStacks, prepareStack, requireStack } from "../stack-file";

/** `status`: the clusters with their processes, what Flux makes of each, and what was refused at the edge of the world. */
export async function status(): Promise<number> {
    const { directory } = requireSession();
    const world = await control<WorldStatus>(directory, "GET", "/status");
    for (const cluster of world.clusters) {
        console.log(`Cluster ${cluster.name}  https://${cluster.fqdn}`);
        console.log(`  ${cluster.processes.map(({ name, pid }) => `${name} (${pid})`).join(", ")}\n`);
    }
    for (const stack of knownStacks()) {
        const graph = await fluxGraph(directory, stack);
        if (graph) {
            console.log(`Stack ${stack}: ${graph.ready ? "ready" : "not ready"}\n${fluxTable(graph.objects)}\n`);
            for (const { kind, namespace, name, message } of graph.blockers) {
                const cause = probableCause(message);
                if (cause !== undefined) {
                    console.log(`${kind} ${namespace}/${name}: ${cause}\n`);
                }
            }
        }
    }
    const types = new Map<string, number>();
    for (const type of world.azureResources) {
        types.set(type, (types.get(type) ?? 0) + 1);
    }
    console.log(columns([["AZURE", "COUNT"], ...[...types].sort().map(([type, count]) => [type, String(count)])]));
    if (world.refusals.length > 0) {
        console.log(`\nAsked for, and not part of the sandbox's world: ${world.refusals.join(", ")}`);
    }
    return 0;
}

/** `kubectl …`: the real kubectl as the cluster's administrator. */
export async function kubectl(args: string[]): Promise<number> {
    const { directory, session } = requireSession();
    const { stack, rest } = takeStack(args);
    const cluster = await clusterOf(directory, stack);
    if (!cluster) {
        throw new SandboxError(`Stack ${stack} has no cluster; npm start -- --stack ${stack}`);
    }
    const env = { ...engineEnvironment(directory, session), KUBECONFIG: cluster.adminKubeconfig };
    return exitOf(spawn("kubectl", rest, { env, stdio: "inherit" }));
}

/** `pulumi …`: the real CLI on the program, as the sandbox's deployer. */
export async function pulumi(args: string[]): Promise<number> {
    const { directory, session } = requireSession();
    const { stack, rest } = takeStack(args);
    prepareStack(directory, stack, engineEnvironment(directory, session));
    return exitOf(startPulumi(directory, session, stack, rest));
}

/** `git …`: git in the stack's bare fleet repository, on the stack's branch. */
export async function git(args: string[]): Promise<number> {
    const { session } = requireSession();
    const { stack, rest } = takeStack(args);
    const { repository, branch } = fleetOf(session, stack);
    if (!fs.existsSync(repository)) {
        throw new SandboxError(`Stack ${stack} has no fleet repository yet; npm start -- --stack ${stack}`);
    }
    const [command = "log", ...others] = rest;
    return exitOf(spawn("git", ["-C", repository, command, branch, ...others], { stdio: "inherit" }));
}

/** @throws SandboxError if no sandbox runs. */
export function requireSession(): { directory: string; session: Session } {
    const directory = sandboxDirectory();
    const session = readSession(directory);
    if (!session || !isAlive(session.pid)) {
        throw new SandboxError(`No sandbox runs in ${directory}; npm start`);
    }
    return { directory, session };
}

/** Takes a leading `--stack NAME` off the arguments of another program. */
export function takeStack(args: string[]): { stack: string; rest: string[] } {
    const [flag, name, ...rest] = args;
    if (flag !== "--stack" || !name) {
        return { stack: "staging", rest: args };
    }
    requireStack(name);
    return { stack: name, rest };
}
