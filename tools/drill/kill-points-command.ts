import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { parse } from "yaml";
import { DrillError } from "./drill-error";
import { killDrill } from "./kill-drill";
import { killPage } from "./kill-page";
import { tearDown } from "@landfall/sandbox";

const repository = path.join(__dirname, "../..");

/** `kill-points`: the drill in a sandbox of its own, which is taken down in the end. Writes docs/kill-points.md. */
export async function drillKillPoints(args: string[]): Promise<number> {
    const { values } = parseArgs({
        args,
        options: {
            stack: { type: "string", default: "staging" },
            share: { type: "string", default: "1" },
            seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
        },
    });
    const { stack } = values;
    const [share, seed] = [Number(values.share), Number(values.seed)];
    if (!(share > 0 && share <= 1) || !Number.isInteger(seed)) {
        throw new DrillError("--share is a number above 0 and up to 1, --seed a whole number");
    }
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-drill-"));
    const place = { repository, directory: path.join(directory, "sb") };
    const begin = Date.now();
    console.log(`seed ${seed}`);
    try {
        const counts = await killDrill({ place, stack, share, seed, report: (line) => console.log(line) });
        const minutes = Math.round((Date.now() - begin) / 60_000);
        const file = path.join(repository, "docs/kill-points.md");
        const page = killPage({ stack, layers: layersOf(stack), share, seed, minutes, counts });
        fs.writeFileSync(file, await format(page, { ...(await resolveConfig(file)), parser: "markdown" }));
        console.log(JSON.stringify(counts));
        return 0;
    } finally {
        await tearDown(place.directory);
        fs.rmSync(directory, { recursive: true });
    }
}

function layersOf(stack: string): number {
    const file = path.join(repository, "gitops/clusters", stack, "kustomization.yaml");
    return (parse(fs.readFileSync(file, "utf8")) as { resources: readonly string[] }).resources.length;
}
