import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { DrillError } from "../drill-error";
import { disasters } from "./all";
import { page } from "./page";
import { type Rehearsal, rehearse } from "./rehearse";
import { Stage } from "./stage";

const repository = path.join(__dirname, "../../..");

/**
 * `disasters [NAME…]`: rehearses all, or some, on a staging of the whole tree in a sandbox of its own. A rehearsal of
 * all writes docs/disasters.md.
 */
export async function rehearseDisasters(args: string[]): Promise<number> {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const unknown = positionals.filter((name) => !disasters.some((disaster) => disaster.name === name));
    if (unknown.length > 0) {
        const known = disasters.map(({ name }) => name).join(", ");
        throw new DrillError(`there is no disaster ${unknown.join(", ")}; there are ${known}`);
    }
    const chosen = disasters.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-drill-"));
    const rehearsals: Rehearsal[] = [];
    try {
        await Stage.start({ repository, directory }, "staging");
        for (const disaster of chosen) {
            const stage = new Stage({ repository, directory }, "staging");
            const rehearsal = await rehearse(disaster, stage);
            console.log(`${rehearsal.seconds.toFixed(1).padStart(7)} s  ${disaster.title}`);
            rehearsals.push(rehearsal);
        }
    } finally {
        await Stage.end({ repository, directory });
    }
    if (positionals.length === 0) {
        const file = path.join(repository, "docs/disasters.md");
        fs.writeFileSync(
            file,
            await format(page(disasters, rehearsals), { parser: "markdown", proseWrap: "preserve" }),
        );
    }
    return 0;
}
