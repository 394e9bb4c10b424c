import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { DrillError } from "../drill-error";
import { disasters } from "./all";
import { isRehearsed, type Rehearsed } from "./disaster";
import { page, type Seconds, secondsOn } from "./page";
import { rehearse } from "./rehearse";
import { Stage } from "./stage";
import type { Workspace } from "@landfall/sandbox";

const repository = path.join(__dirname, "../../..");
const stack = "staging";

/**
 * `disasters [NAME…]`: rehearses all, or some, in a sandbox of its own, and writes into docs/disasters.md how long each
 * took. One that goes wrong stops neither the others nor the page, but fails the command.
 */
export async function rehearseDisasters(args: string[]): Promise<number> {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const all = disasters.filter(isRehearsed);
    const unknown = positionals.filter((name) => !all.some((disaster) => disaster.name === name));
    if (unknown.length > 0) {
        const known = all.map(({ name }) => name).join(", ");
        throw new DrillError(`there is no disaster ${unknown.join(", ")} to rehearse; there are ${known}`);
    }
    const chosen = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-drill-"));
    const place = Stage.prepare(repository, directory, stack);
    const failures: string[] = [];
    try {
        await Promise.race([rehearseEach(chosen, place, failures), interruption()]);
    } finally {
        await Stage.end(place);
        fs.rmSync(directory, { recursive: true, force: true });
    }
    if (failures.length > 0) {
        throw new DrillError(`${failures.length} of ${chosen.length} failed: ${failures.join(", ")}`);
    }
    return 0;
}

/** Rehearses one after the other, and adds the names of those that fail. */
async function rehearseEach(chosen: readonly Rehearsed[], place: Workspace, failures: string[]): Promise<void> {
    await Stage.start(place, stack);
    for (const disaster of chosen) {
        try {
            const took = (await rehearse(disaster, new Stage(place, stack))).toFixed(0);
            console.log(`${took.padStart(7)} s  ${disaster.title}`);
            await writePage({ [disaster.name]: took });
        } catch (error) {
            console.log(` failed    ${disaster.title}: ${error instanceof Error ? error.message : String(error)}`);
            failures.push(disaster.name);
            // The next one finds a platform that is at rest.
            await new Stage(place, stack).pulumi("up", "--refresh", "--yes", "--skip-preview");
        }
    }
}

/** Fails once somebody interrupts, so that nothing is left of the sandbox. */
function interruption(): Promise<never> {
    return new Promise((_, reject) => {
        for (const signal of ["SIGINT", "SIGTERM"] as const) {
            process.once(signal, () => reject(new DrillError("interrupted")));
        }
    });
}

/** At once, since a rehearsal may be cut off. What was not rehearsed this time keeps its seconds. */
async function writePage(seconds: Seconds): Promise<void> {
    const file = path.join(repository, "docs/disasters.md");
    const before = fs.existsSync(file) ? secondsOn(fs.readFileSync(file, "utf8")) : {};
    fs.writeFileSync(file, await page(disasters, { ...before, ...seconds }));
}
