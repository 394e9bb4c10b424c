import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { killDrill } from "./kill-drill";
import { tearDown } from "@landfall/sandbox";

/** `kill-points`: the drill in a sandbox of its own, which is taken down in the end. */
export async function drillKillPoints(args: string[]): Promise<number> {
    const { values } = parseArgs({
        args,
        options: {
            stack: { type: "string", default: "staging" },
            share: { type: "string", default: "1" },
            seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
        },
    });
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-drill-"));
    const place = { repository: path.join(__dirname, "../.."), directory: path.join(directory, "sb") };
    console.log(`seed ${values.seed}`);
    try {
        const counts = await killDrill({
            place,
            stack: values.stack,
            share: Number(values.share),
            seed: Number(values.seed),
            report: (line) => console.log(line),
        });
        console.log(JSON.stringify(counts));
        return 0;
    } finally {
        await tearDown(place.directory);
        fs.rmSync(directory, { recursive: true });
    }
}
