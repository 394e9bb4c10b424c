import * as fs from "node:fs";
import * as path from "node:path";
import { type Export, nameOf, type StateResource } from "../../components/recovery/stack-state";
import { type Asked, stateLostVariable } from "../../components/recovery/take-over-platform";
import { confirm } from "./confirm";
import { Engine } from "./engine";
import type { Groups } from "./halves";
import { RebuildError } from "./rebuild-error";

export interface StateLostOptions {
    readonly engine: Engine;
    readonly groups: Groups;
    /** A folder for what an interrupted run leaves to the next one. */
    readonly folder: string;
    /** Whether nobody is asked. */
    readonly yes: boolean;
    /** Whether to say what would happen, and no more. */
    readonly planOnly: boolean;
}

/**
 * Brings back the state of a stack whose platform is there: an update takes over what it finds under the stack's names,
 * and then what was imported is written as if the program had made it. Interrupted, it goes on when it is run again.
 *
 * @throws RebuildError if nobody agrees, or if the engine fails.
 */
export async function restoreState({ engine, groups, folder, yes, planOnly }: StateLostOptions): Promise<void> {
    const { stack } = engine.place;
    const before = await resourcesOf(engine);
    console.log(planText(stack, groups, before?.length ?? 0));
    if (planOnly) {
        return;
    }
    await confirm("Type the stack's name to take over what is there: ", stack, yes);
    if (before === undefined) {
        await engine.output(["stack", "init"]);
    }
    const file = path.join(folder, `state-lost-${stack}.json`);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const environment = { ...engine.place.environment, [stateLostVariable]: file };
    // What an attempt imported that was cut off.
    await writeInputs(engine, file);
    try {
        await new Engine({ ...engine.place, environment }).follow("up", "--yes", "--skip-preview");
    } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new RebuildError(`${message}\nThe same command goes on where this one ended.`);
    } finally {
        await writeInputs(engine, file);
    }
    const after = (await resourcesOf(engine)) ?? [];
    console.log(`\nThe state of stack ${stack} is back: ${after.length} resources.`);
}

function planText(stack: string, { durableGroup, clusterGroup }: Groups, known: number): string {
    return [
        `State of stack ${stack}: ${known} resources`,
        "",
        "Takes over, and changes only where it differs from the program:",
        `  what is in ${durableGroup} and ${clusterGroup} under the stack's names, with roles and trust`,
        "  the fleet repository, and what the program makes in the cluster",
        "Is made anew:",
        "  the deploy key, whose private half was in the state",
        "",
    ].join("\n");
}

/** Undefined if there is no such stack. */
async function resourcesOf(engine: Engine): Promise<readonly StateResource[] | undefined> {
    const { code, stdout, stderr } = await engine.answer(["stack", "export"]);
    if (code === 0) {
        return (JSON.parse(stdout) as Export).deployment.resources ?? [];
    }
    if (stderr.includes("no stack named")) {
        return undefined;
    }
    throw new RebuildError(`pulumi stack export failed: ${stderr.trim()}`);
}

/** Has the state say what the program asked of what was imported, and not what Azure filled in. */
async function writeInputs(engine: Engine, file: string): Promise<void> {
    if (!fs.existsSync(file)) {
        return;
    }
    const asked = JSON.parse(fs.readFileSync(file, "utf8")) as readonly Asked[];
    const state = await engine.state();
    const resources = (state.deployment.resources ?? []).map((resource) => {
        const own = asked.find(({ type, name }) => type === resource.type && name === nameOf(resource));
        return own ? withInputs(resource, own.inputs) : resource;
    });
    const { deployment } = state;
    await engine.output(["stack", "import"], JSON.stringify({ ...state, deployment: { ...deployment, resources } }));
    fs.rmSync(file);
}

/** The Azure provider compares with inputs that it keeps among the outputs too, in some versions. */
function withInputs(resource: StateResource, inputs: StateResource["inputs"] & object): StateResource {
    const { outputs = {} } = resource;
    const kept = "__inputs" in outputs ? { __inputs: inputs } : {};
    return { ...resource, inputs, outputs: { ...outputs, ...kept } };
}
