import { spawn } from "node:child_process";
import { clusterOf } from "./cluster-of";
import { requireSession, takeStack } from "./running";
import { engineEnvironment, exitOf, SandboxError } from "@landfall/sandbox";

/** `kubectl …`: the real kubectl as the cluster's administrator. */
export function kubectl(args: string[]): Promise<number> {
    return runInCluster("kubectl", args);
}

/** Runs a program of the toolchain as the administrator of a stack's cluster: `[--stack S] [--cluster C] …`. */
export async function runInCluster(program: string, args: string[]): Promise<number> {
    const { directory, session } = requireSession();
    const { stack, rest } = takeStack(args);
    const [flag, name, ...others] = rest;
    const isNamed = flag === "--cluster" && name !== undefined;
    const cluster = await clusterOf(directory, stack, isNamed ? name : undefined);
    if (!cluster) {
        throw new SandboxError(
            `Stack ${stack} has no cluster${isNamed ? ` ${name}` : ""}; npm start -- --stack ${stack}`,
        );
    }
    const env = { ...engineEnvironment(directory, session), KUBECONFIG: cluster.adminKubeconfig };
    return exitOf(spawn(program, isNamed ? others : rest, { env, stdio: "inherit" }));
}
