import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import Mocha from "mocha";
import { parse } from "yaml";
import { ensureToolchain } from "@landfall/toolchain";

interface Kind {
    /** Folder of its tests, from the repository. */
    readonly folder: string;
    /** The programs of the toolchain that its tests run. */
    readonly programs: readonly string[] | "all";
    /** Its longest file begins first: at the end, one core would wait for it. */
    readonly longest?: string;
}

/** Kinds of tests in the order in which they run: those that need the fewest programs come first. */
const kinds: Readonly<Record<string, Kind>> = {
    static: { folder: "test/static", programs: [] },
    unit: { folder: "test/unit", programs: [] },
    browser: { folder: "test/browser", programs: [] },
    integration: { folder: "test/integration", programs: [] },
    toolchain: { folder: "packages/toolchain/test", programs: [] },
    sandbox: { folder: "packages/sandbox/test/services", programs: [] },
    workflows: { folder: "test/workflows", programs: ["actionlint", "helm", "kustomize"] },
    tree: { folder: "test/tree", programs: ["promtool", "kustomize", "kubeconform", "sops", "helm"] },
    programs: { folder: "packages/sandbox/test/programs", programs: "all" },
    program: { folder: "test/program", programs: "all", longest: "up.test.ts" },
};

const root = path.join(__dirname, "..");

/**
 * Runs the tests of the named kinds, or all of them, in one mocha, several files at a time. Prints totals and, last,
 * `N passed, N failed`.
 *
 * The programs that the tests need are built into the toolchain's cache first. `LANDFALL_BINARIES` names their folder.
 */
async function main(requested: readonly string[]): Promise<number> {
    const unknown = requested.filter((kind) => !(kind in kinds));
    if (unknown.length > 0) {
        throw new Error(`no such kind of test: ${unknown.join(", ")}; kinds are ${Object.keys(kinds).join(", ")}`);
    }
    const selected = Object.entries(kinds)
        .filter(([name]) => requested.length === 0 || requested.includes(name))
        .map(([, kind]) => kind);
    await prepare(selected.map(({ programs }) => programs));
    const { timeout } = parse(fs.readFileSync(path.join(root, ".mocharc.yaml"), "utf8")) as { timeout: number };
    const mocha = new Mocha({
        timeout,
        forbidOnly: true,
        color: process.stdout.isTTY,
        parallel: true,
        jobs: filesAtATime(os.availableParallelism(), os.totalmem()),
    });
    for (const file of selected.flatMap(testFiles)) {
        mocha.addFile(file);
    }
    return new Promise((resolve) => {
        const runner = mocha.run((failures) => {
            const { passes = 0, pending = 0 } = runner.stats ?? {};
            console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
            resolve(failures === 0 && passes > 0 ? 0 : 1);
        });
    });
}

/**
 * An update waits for the cluster half of its time, so a file for each core is not too many. Each may
 * start a stack, which takes up to 3 GB.
 */
function filesAtATime(cores: number, memory: number): number {
    return Math.max(2, Math.min(cores, Math.floor(memory / 4e9)));
}

async function prepare(needed: readonly Kind["programs"][]): Promise<void> {
    const names = needed.flatMap((programs) => programs);
    if (names.length > 0) {
        const only = needed.includes("all") ? {} : { only: names };
        const { binaries } = await ensureToolchain({ ...only, log: (line) => console.error(line) });
        process.env.LANDFALL_BINARIES = binaries;
    }
}

function testFiles({ folder, longest }: Kind): string[] {
    const files = fs
        .readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".test.ts"))
        .sort((a, b) => Number(b === longest) - Number(a === longest) || a.localeCompare(b));
    if (longest !== undefined && files[0] !== longest) {
        throw new Error(`${folder} has no ${longest}`);
    }
    return files.map((file) => path.join(root, folder, file));
}

main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        console.log("0 passed, 1 failed");
        process.exit(1);
    },
);
