/** For people who work on the tree: add to it, check it, compare it, and draw it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "../run-command";
import { SecretError } from "../secret/secret-error";
import { add } from "./add";
import { bump } from "./bump";
import { check } from "./check";
import { changesSince } from "./diff";
import { changesAsMarkdown, describeChanges } from "./diff-report";
import { describeFinding } from "./finding";
import { layersAsTable, mermaid } from "./graph";
import { preparePrograms } from "./programs";
import { chartCache } from "./published/cache";
import { lockName } from "./published/lock";
import { pinsOf } from "./published/pins";
import { pullCharts } from "./published/pull";
import { type ChartChoice, chartChoice, emptyShelf, missingCharts, openShelf, requireAll } from "./published/shelf";
import { writeFacts } from "./published/write-facts";
import { renderTree } from "./render";
import { knownStack } from "./stacks";
import { TreeError } from "./tree-error";
import { chartsFolder } from "@landfall/facts";

const usage = `Usage: npm run tree -- COMMAND

  check [FOLDER]        what is wrong with the tree, or with a copy of it: file, line, what, and how to repair it.
        Published charts are the judge where "charts pull" has brought them; --charts published wants all of them,
        --charts stand-ins none
  diff [--base REVISION] [--stack S] [--markdown]
        what the work tree changes in each environment, object by object, compared with a revision of Git (HEAD).
        Values of Secrets are left out. For a branch: --base origin/main; for a pull request: --markdown
  bump SYSTEM [VERSION]
        changes the version of a system's charts wherever it stands; default: the newest that is no pre-release
  charts pull [--update CHART]... [--locked]
        brings the charts that the tree pins from their registries into the cache. Their digests are in
        ${lockName}; another digest for the same version is taken with --update alone. With --locked a lock
        that has charts has to have all of them
  charts facts          writes what those charts make of the tree's values into packages/facts/charts
  graph [--markdown]    the layers with their systems, as a Mermaid picture; with --markdown a table too
  add environment NAME [--like ENVIRONMENT] [--pgp-key FILE]
        made after another one (staging); with a PGP public key also its Secrets, with random values
  add system NAME --layer LAYER --chart oci://ADDRESS --version VERSION
  add team NAME [--url REPOSITORY] [--environment ENVIRONMENT]...

docs/tree.md has examples. npm run docs redraws the picture in docs/layers.md.`;

const repository = path.join(__dirname, "..", "..");
const root = path.join(repository, "gitops");

async function main([command = "", ...args]: string[]): Promise<number> {
    const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: {
            base: { type: "string", default: "HEAD" },
            stack: { type: "string" },
            markdown: { type: "boolean", default: false },
            like: { type: "string", default: "staging" },
            "pgp-key": { type: "string" },
            layer: { type: "string" },
            chart: { type: "string" },
            version: { type: "string" },
            url: { type: "string" },
            environment: { type: "string", multiple: true, default: [] },
            charts: { type: "string", default: "at-hand" },
            update: { type: "string", multiple: true, default: [] },
            locked: { type: "boolean", default: false },
        },
    });
    if (command === "add") {
        const [kind = "", name = ""] = positionals;
        console.log(await add(repository, kind, name, values));
        return 0;
    }
    const isCharts = command === "charts" && ["pull", "facts"].includes(positionals[0] ?? "");
    if (!["check", "diff", "graph", "bump"].includes(command) && !isCharts) {
        console.error(usage);
        return command === "help" ? 0 : 2;
    }
    await preparePrograms();
    if (command === "check") {
        return checkTree(positionals[0], chartChoice(values.charts));
    }
    if (isCharts && positionals[0] === "facts") {
        return facts();
    }
    if (isCharts) {
        return pull(values.update, values.locked);
    }
    if (command === "bump") {
        console.log(await bumpSystem(positionals[0], positionals[1]));
        return 0;
    }
    console.log(
        command === "diff" ? await diff(values.base, values.stack, values.markdown) : await graph(values.markdown),
    );
    return 0;
}

async function checkTree(folder: string | undefined, charts: ChartChoice): Promise<number> {
    const checked = folder === undefined ? root : path.resolve(folder);
    if (!fs.existsSync(path.join(checked, "clusters"))) {
        throw new TreeError(`${checked} is not a tree: it has no folder clusters; name a copy of gitops/`);
    }
    const shelf = charts === "stand-ins" ? emptyShelf : openShelf(repository);
    const tree = await renderTree(checked, { shelf });
    const pins = pinsOf(tree);
    if (charts === "published") {
        requireAll(shelf, pins);
    }
    const findings = await check(tree);
    findings.forEach((finding) => console.error(describeFinding(finding)));
    const files = new Set(findings.map(({ file }) => file)).size;
    const absent = missingCharts(shelf, pins).length;
    console.log(
        `Charts: ${pins.length - absent} published, ${absent} stand-ins${absent === 0 || charts === "stand-ins" ? "" : " (npm run tree -- charts pull)"}.`,
    );
    console.log(findings.length === 0 ? "The tree is in order." : `Findings: ${findings.length}, in files: ${files}.`);
    return findings.length === 0 ? 0 : 1;
}

async function pull(update: readonly string[], locked: boolean): Promise<number> {
    const pins = pinsOf(await renderTree(root));
    const lockFile = path.join(repository, lockName);
    const { lines, problems } = await pullCharts({ pins, lockFile, cache: chartCache(), update, locked });
    lines.forEach((line) => console.log(line));
    problems.forEach((problem) => console.error(problem));
    console.log(`Charts: ${pins.length - problems.length} of ${pins.length}, in ${chartCache()}.`);
    return problems.length === 0 ? 0 : 1;
}

async function facts(): Promise<number> {
    const tree = await renderTree(root, { shelf: openShelf(repository) });
    const written = await writeFacts(tree, chartsFolder);
    written.forEach((file) => console.log(`wrote    ${path.relative(repository, file)}`));
    console.log(`Facts that changed: ${written.length}.`);
    return 0;
}

async function bumpSystem(system: string | undefined, version: string | undefined): Promise<string> {
    if (system === undefined) {
        throw new TreeError("bump what? Write: npm run tree -- bump SYSTEM [VERSION]");
    }
    const pins = pinsOf(await renderTree(root));
    const { changes, written, notes, next } = await bump({ repository, pins, system, version });
    const part = (title: string, lines: readonly string[]) =>
        lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
    return [...changes, ...part("Wrote:", written), ...part("What is new:", notes), ...part("Next:", next)].join("\n");
}

async function diff(base: string, stack: string | undefined, markdown: boolean): Promise<string> {
    const stacks = fs.readdirSync(repository).flatMap((file) => /^Pulumi\.([a-z0-9-]+)\.yaml$/.exec(file)?.[1] ?? []);
    const chosen = stack === undefined ? stacks.sort() : [knownStack(stacks, stack)];
    const changes = await changesSince(repository, base, chosen);
    return markdown ? changesAsMarkdown(changes) : describeChanges(changes);
}

async function graph(markdown: boolean): Promise<string> {
    const tree = await renderTree(root);
    return markdown ? ["```mermaid", mermaid(tree), "```", "", layersAsTable(tree)].join("\n") : mermaid(tree);
}

runCommand(main, { usage, forPeople: [TreeError, SecretError] });
