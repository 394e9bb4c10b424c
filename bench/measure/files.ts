import { execFileSync } from "node:child_process";
import * as path from "node:path";
import type { Checkout } from "../../test/support/checkout";
import { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
import type { Bench } from "../bench";
import { type EngineRun, Program } from "../engine";
import type { Measurement, Result } from "../measurement";
import { growthExponent, lastOf } from "../statistics";

/** What files cost at GitHub: by one commit, and by a resource for each. */
export const files: Measurement = {
    name: "files",
    title: "Files by ManifestCommit, against a resource for each file",
    run: measure,
};

/** A resource for each file is not measured at the last size: it takes half an hour. */
const sizes = { commit: [100, 1000, 5000], resources: [100, 1000] };
const quickSizes = { commit: [10, 40], resources: [10, 40] };

interface Point extends EngineRun {
    readonly files: number;
    readonly commits: number;
    /** The next update, which has nothing to do. */
    readonly again: EngineRun;
}

async function measure(bench: Bench): Promise<Result> {
    const checkout = await bench.world();
    const { commit, resources } = bench.quick ? quickSizes : sizes;
    const ours: Point[] = [];
    for (const count of commit) {
        bench.log(`${count} files by ManifestCommit`);
        const { program, commits } = await prepare(checkout, "manifest-commit", count);
        const run = await program.update();
        ours.push({ files: count, ...run, commits: commits(), again: await program.update() });
    }
    const theirs: Point[] = [];
    for (const count of resources) {
        bench.log(`${count} files by a resource each`);
        const { program, commits } = await prepare(checkout, "file-resources", count);
        // One at a time: two writes to a branch at once are a conflict for GitHub.
        const run = await program.update(1);
        theirs.push({ files: count, ...run, commits: commits(), again: await program.update() });
    }
    return resultOf(ours, theirs);
}

function resultOf(ours: readonly Point[], theirs: readonly Point[]): Result {
    const largest = lastOf(theirs);
    const same = lastOf(ours.filter((point) => point.files === largest.files));
    const exponent = (points: readonly Point[]) =>
        growthExponent(points.map((point) => ({ size: point.files, cost: point.seconds }))).toFixed(2);
    return {
        tables: [
            {
                head: ["", "files", "calls to GitHub", "commits", "seconds", "calls when nothing changed"],
                rows: [
                    ...ours.map((point) => ["ManifestCommit", ...cells(point)]),
                    ...theirs.map((point) => ["a resource for each file", ...cells(point)]),
                ],
            },
        ],
        ratios: [
            { name: `seconds at ${same.files} files`, value: same.seconds / largest.seconds },
            { name: `calls at ${same.files} files`, value: same.githubCalls / largest.githubCalls },
        ],
        notes: [
            `Seconds grow with the number of files to the power ${exponent(ours)}, and ${exponent(theirs)} with a resource for each.`,
            "A resource for each file is here the least that one can be: a PUT. GitHub's provider reads before and after it too. Without changes it asks nothing, and so sees nothing of what others commit; with `--refresh` it asks for each file.",
            "The stand-in for GitHub has no limit. GitHub's own is 80 writes a minute and 500 an hour, which 1,000 PUTs meet and one commit does not.",
        ],
    };
}

const cells = ({ files: count, githubCalls, commits, seconds, again }: Point) => [
    String(count),
    String(githubCalls),
    String(commits),
    seconds.toFixed(1),
    String(again.githubCalls),
];

/** A repository of its own for a program; and how to count what is committed to it. */
async function prepare(checkout: Checkout, name: string, count: number) {
    const repository = `${name}-${count}`;
    const github = new GitHubDeployer(() => checkout.session());
    await github.call("POST", `orgs/${organization}/repos`, { name: repository, private: true, auto_init: true });
    const program = new Program(checkout, checkout.path(`bench/programs/${name}`), repository);
    await program.create({ owner: organization, repository, files: String(count) });
    const bare = path.join(checkout.session().fleetRepositories, organization, `${repository}.git`);
    const total = () => Number(execFileSync("git", ["-C", bare, "rev-list", "--count", "main"], { encoding: "utf8" }));
    const before = total();
    return { program, commits: () => total() - before };
}
