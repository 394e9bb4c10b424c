/** The process of `npm run sandbox -- break`, with the environment of the deployer: WHAT STACK. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fluxNamespace, rootName } from "../../../components/gitops/flux-names";
import { ClusterClient } from "../../../components/gitops/readiness/cluster-client";
import { runCommand } from "../../run-command";
import { clusterOf } from "../cluster-of";
import { fluxStatus } from "../flux-status";
import { requireSession } from "../running";
import { breakers } from "./breakers";
import { FleetCommits } from "./fleet-commits";
import { fleetOf, readStack, SandboxError, stackFolder } from "@landfall/sandbox";

/** Flux looks at what it is asked to within seconds; a busy machine takes longer. */
const noticedWithinMs = 3 * 60_000;

async function main([what = "", stack = ""]: string[]): Promise<number> {
    const breaker = breakers[what];
    const { repository, directory, session } = requireSession();
    const found = await clusterOf(directory, stack);
    if (breaker === undefined || !found) {
        throw new SandboxError(`Stack ${stack} has no cluster to break; npm start -- --stack ${stack}`);
    }
    const { config = {} } = readStack(repository, stack);
    const cluster = new ClusterClient(fs.readFileSync(found.adminKubeconfig, "utf8"));
    await breaker.act({
        ...{ directory, stack, cluster },
        environment: (config["landfall:environment"] as string | undefined) ?? stack,
        commits: new FleetCommits(fleetOf(repository, session, stack), directory),
        run: (program, ...args) => run(program, args, stackFolder(directory), found.adminKubeconfig),
    });
    console.log(breaker.done);
    const at = new Date().toISOString();
    await cluster.requestReconciliation("GitRepository", fluxNamespace, rootName, at);
    if (breaker.layer !== undefined) {
        await cluster.requestReconciliation("Kustomization", fluxNamespace, breaker.layer, at);
    }
    for (const deadline = Date.now() + noticedWithinMs; (await fluxStatus(directory, stack))?.ready; await sleep(500)) {
        if (Date.now() > deadline) {
            throw new SandboxError(`Flux has not noticed within ${noticedWithinMs / 60_000} minutes`);
        }
    }
    console.log(`What it does:   npm run status -- --stack ${stack} --sandbox
Put it right:   npm run sandbox -- mend --stack ${stack}`);
    return 0;
}

function run(program: string, args: readonly string[], cwd: string, kubeconfig: string): string {
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    const { error, status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: "utf8" });
    if (error || status !== 0) {
        throw new SandboxError(`${path.basename(program)} ${args[0]}: ${error?.message ?? stderr.trim()}`);
    }
    return stdout;
}

runCommand(main, { usage: "npm run sandbox -- break identity|key|chart", forPeople: [SandboxError] });
