import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { archivesFor } from "./archives";
import { clusterOf } from "./cluster-of";
import { fluxObjects, statusOf } from "./flux-status";
import { slowestChain } from "./layer-times";
import { fluxTable, layersTable, type Report, summaryLines } from "./report";
import { checkRoom } from "./room";
import { workspace } from "./running";
import {
    changesSince,
    checkRoles,
    control,
    engineEnvironment,
    ensureRunning,
    EventLog,
    exitOf,
    fleetOf,
    forgetInterrupted,
    headOf,
    isAlive,
    lock,
    minimalRoles,
    type Phase,
    prepareStack,
    readDeployerRole,
    readSession,
    readState,
    requireStack,
    SandboxError,
    type Session,
    startPulumi,
    summarize,
    tearDown,
    timeOnAzure,
    type Workspace,
    type WorldStatus,
} from "@landfall/sandbox";

/** `npm start`: brings the sandbox up and runs `pulumi up` of a stack in it, until Flux reports every layer Ready. */
export async function start(args: string[]): Promise<number> {
    const { values } = parseArgs({
        args,
        options: {
            stack: { type: "string", default: "staging" },
            report: { type: "string" },
            port: { type: "string", default: "0" },
            "deployer-roles": { type: "string" },
            "azure-time": { type: "string" },
            charts: { type: "string", default: "stand-ins" },
        },
    });
    const place = workspace();
    const { repository, directory } = place;
    requireStack(repository, values.stack);
    const port = parsePort(values.port);
    const roles = parseRoles(repository, values["deployer-roles"]);
    const speed = parseSpeed(values["azure-time"]);
    const archives = await archivesFor(repository, values.charts);
    const release = lock(directory);
    const interrupt = new Interrupt();
    const begin = Date.now();
    let started = false;
    try {
        if (!(await hasCluster(directory, values.stack))) {
            console.error(await checkRoom(directory));
        }
        const running = await ensureRunning(place, port, archives);
        started = running.started;
        await control(directory, "POST", `/deployer-roles?${roles.toString()}`);
        await control(directory, "POST", `/azure-speed${speed === undefined ? "" : `?times=${speed}`}`);
        const report = await update(place, running.session, values.stack, begin, interrupt);
        print(report, values.stack);
        if (values.report) {
            fs.writeFileSync(values.report, `${JSON.stringify(report, undefined, 2)}\n`);
        }
        return report.ready ? 0 : 1;
    } finally {
        if (interrupt.happened && started) {
            console.error("Interrupted: taking the sandbox down …");
            await tearDown(directory);
        }
        release();
    }
}

async function hasCluster(directory: string, stack: string): Promise<boolean> {
    const session = readSession(directory);
    return session !== undefined && isAlive(session.pid) && (await clusterOf(directory, stack)) !== undefined;
}

function parsePort(text: string): number {
    const port = Number(text);
    if (!/^\d+$/.test(text) || port > 65535) {
        throw new SandboxError(`--port ${text}: write a number up to 65535, or leave it out for a free port`);
    }
    return port;
}

/** `60x`: sixty times as fast as Azure. Undefined when Azure is to take no time. */
function parseSpeed(text: string | undefined): number | undefined {
    if (text === undefined) {
        return undefined;
    }
    const speed = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1] ?? 0);
    if (speed <= 0) {
        throw new SandboxError(
            `--azure-time ${text}: write how many times as fast as Azure, for example 60x, or leave it out for no time at all`,
        );
    }
    return speed;
}

/** Roles separated by commas, as the query of a request. */
function parseRoles(repository: string, text: string | undefined): URLSearchParams {
    const role = readDeployerRole(repository);
    const names = text?.split(",").map((name) => name.trim()) ?? minimalRoles(role);
    checkRoles(role, names);
    return new URLSearchParams(names.map((name): [string, string] => ["role", name]));
}

/** Ctrl-C. The terminal sends it to the engine too, which finishes first. */
class Interrupt {
    happened = false;
    child: ChildProcess | undefined;

    constructor() {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.on(signal, () => {
                this.happened = true;
                if (signal !== "SIGINT") {
                    this.child?.kill("SIGINT");
                }
            });
        }
    }

    /** @throws SandboxError once the user has interrupted. */
    check(): void {
        if (this.happened) {
            throw new SandboxError("interrupted");
        }
    }
}

async function update(
    place: Workspace,
    session: Session,
    stack: string,
    begin: number,
    interrupt: Interrupt,
): Promise<Report> {
    const ready = Date.now();
    const { repository, directory } = place;
    prepareStack(place, stack, engineEnvironment(directory, session));
    const fleet = fleetOf(repository, session, stack);
    const head = headOf(fleet);
    const before = await control<WorldStatus>(directory, "GET", "/status");
    const events = path.join(directory, `events-${stack}.json`);
    fs.rmSync(events, { force: true });
    // The engine does not see an interrupt from before it runs.
    interrupt.check();
    const engineStart = Date.now();
    const log = new EventLog(events);
    const command = ["up", "--yes", "--skip-preview", "--event-log", log.pipe];
    let code;
    try {
        interrupt.child = startPulumi(place, session, stack, command);
        code = await exitOf(interrupt.child);
    } finally {
        await log.close();
    }
    const engineEnd = Date.now();
    interrupt.check();
    if (code === 0) {
        (await forgetInterrupted(place, session, stack)).forEach((line) => console.error(line));
    }
    const summary = summarize(events, engineStart, engineEnd);
    const after = await control<WorldStatus>(directory, "GET", "/status");
    const objects = await fluxObjects(directory, stack).catch(() => undefined);
    const graph = objects && statusOf(objects);
    const phases: Phase[] = [
        { name: "sandbox", ms: ready - begin },
        { name: "stack", ms: engineStart - ready },
        ...summary.phases,
    ];
    return {
        stack,
        ready: code === 0 && graph?.ready === true,
        ms: engineEnd - begin,
        phases,
        changes: summary.changes,
        resources: summary.resources,
        git: changesSince(fleet, head),
        calls: {
            azure: after.calls.azure - before.calls.azure,
            github: after.calls.github - before.calls.github,
        },
        onAzure: timeOnAzure(
            readState(directory, stack),
            after.azureOperations.slice(before.azureOperations.length),
            summary.times,
        ),
        flux: graph?.objects ?? [],
        slowestLayers: slowestChain(objects ?? [], engineStart),
    };
}

function print(report: Report, stack: string): void {
    const layers = report.slowestLayers.length > 0 ? `${layersTable(report.slowestLayers)}\n\n` : "";
    console.log(`\n${fluxTable(report.flux)}\n\n${layers}${summaryLines(report)}`);
    if (!report.ready) {
        console.log(`\nStack ${stack} is not ready; the engine's messages above say why. npm run sandbox -- status`);
        return;
    }
    console.log(`
Stack ${stack} is up. Look around:
  npm run sandbox -- kubectl --stack ${stack} get pods -A     the cluster
  npm run sandbox -- git --stack ${stack} log --stat           the fleet repository
  npm run sandbox -- pulumi --stack ${stack} preview --diff    the program, after a change in gitops/ or Pulumi.${stack}.yaml
  npm start -- --stack ${stack}                                apply it
  npm run sandbox -- status | down`);
}
