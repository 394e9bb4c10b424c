import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { Stage } from "../disasters/stage";
import { DrillError } from "../drill-error";
import { outages, services, titleOf } from "./outage";
import { page } from "./page";
import { type Outcome, rehearse } from "./rehearse";
import { ensureRunning, tearDown } from "@landfall/sandbox";

const repository = path.join(__dirname, "../../..");
const seconds = 20;

/** `outages [SERVICE…]`: all of them, or those of some services, in a sandbox of its own. Writes docs/outages.md. */
export async function rehearseOutages(args: string[]): Promise<number> {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const names = services.map(({ name }) => name);
    const unknown = positionals.filter((name) => !names.includes(name));
    if (unknown.length > 0) {
        throw new DrillError(`there is no service ${unknown.join(", ")}; there are ${names.join(", ")}`);
    }
    const chosen = outages.filter(({ service }) => positionals.length === 0 || positionals.includes(service.name));
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-drill-"));
    const workspace = { repository, directory: path.join(directory, "sb") };
    const outcomes: Outcome[] = [];
    try {
        const { session } = await ensureRunning(workspace, 0);
        await Stage.start(workspace, "staging");
        const stage = new Stage(workspace, "staging");
        for (const outage of chosen) {
            const outcome = await rehearse(stage, { ...workspace, session }, outage, seconds);
            console.log(`${titleOf(outage)}: healed ${outcome.healed}, ${outcome.seconds} s; ${outcome.said}`);
            outcomes.push(outcome);
        }
    } finally {
        await tearDown(workspace.directory);
        fs.rmSync(directory, { recursive: true });
    }
    const file = path.join(repository, "docs/outages.md");
    fs.writeFileSync(
        file,
        await format(page(outcomes, seconds), { ...(await resolveConfig(file)), parser: "markdown" }),
    );
    return 0;
}
