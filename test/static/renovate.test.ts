import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as vm from "node:vm";

const root = path.join(__dirname, "../..");

interface FileMatcher {
    readonly managerFilePatterns: readonly string[];
}

interface Config {
    readonly ignorePaths: readonly string[];
    readonly flux: FileMatcher;
    readonly kubernetes: FileMatcher;
    readonly customManagers: readonly (FileMatcher & {
        readonly description: string;
        readonly matchStrings: readonly string[];
    })[];
}

/** Where a manager finds versions. */
interface Manager {
    readonly files: readonly RegExp[];
    readonly text: RegExp;
}

// JSON5 is a subset of JavaScript, and this one is our own.
const config = vm.runInNewContext(`(${read(".github/renovate.json5")})`) as Config;

/** Renovate's own managers: what the documentation of each says that it reads. */
const ownManagers: readonly Manager[] = [
    { files: [/(^|\/)package\.json$/], text: /"[^"]+": "[^"]+"/g },
    { files: [/(^|\/)go\.mod$/], text: /.+/g },
    { files: [/(^|\/)\.github\/(workflows|actions)\/.+\.ya?ml$/], text: /uses: .+ # v.+|pulumi-version: .+/g },
    { files: [/(^|\/)Dockerfile$/], text: /^FROM .+/gm },
    { files: patterns(config.flux), text: /^ +(tag|version): .+/gm },
    { files: patterns(config.kubernetes), text: /\bimage: .+/g },
    { files: [/(^|\/)kustomization\.yaml$/], text: /\bnewTag: .+/g },
];

const customManagers = config.customManagers.map((manager) => ({
    description: manager.description,
    files: patterns(manager),
    texts: manager.matchStrings.map((source) => new RegExp(source, "g")),
}));

/** Versions that no manager has to find. */
const exempt: readonly (Manager & { readonly reason: string })[] = [
    { files: [/^packages\/toolchain\/.+\.ts$/], text: /"v[\d.]+": "h1:.+/g, reason: "a checksum belongs to it" },
    { files: [/^examples\/.+\/Chart\.yaml$/], text: /^(?:v|appV)ersion: .+/gm, reason: "the chart's own version" },
    { files: [/\.go$/], text: /text\/plain; version=.+/g, reason: "the format of Prometheus" },
    {
        files: [/^packages\/sandbox\/signatures\//],
        text: /\b(apiVersion|version|spec_version): ".+"/g,
        reason: "the formats of Rekor and TUF",
    },
    { files: [/^examples\/.+\/VERSION$/], text: /.+/g, reason: "the team's own version" },
    { files: [/^gitops\//], text: /^ +(semver|range): .+/gm, reason: "Flux follows what the teams release" },
    { files: [/^Pulumi\.yaml$/], text: /^ +description: .+/gm, reason: "an example in a sentence" },
];

describe("Renovate", () => {
    const files = versionedFiles();

    for (const { description, files: pattern, texts } of customManagers) {
        it(`finds: ${description}`, () => {
            const matching = files.filter((file) => pattern.some((expression) => expression.test(file)));
            for (const text of texts) {
                const found = matching.flatMap((file) => [...read(file).matchAll(text)]);
                assert.notEqual(found.length, 0, `nothing matches ${text.source}`);
                assert.ok(found.every(({ groups }) => /\d/.test(groups?.currentValue ?? "")));
            }
        });
    }

    it("finds every version in the repository", () => {
        const managers = [
            ...ownManagers,
            ...customManagers.flatMap(({ files, texts }) => texts.map((text) => ({ files, text }))),
            ...exempt,
        ];
        const missed = files.flatMap((file) => {
            const text = read(file);
            const found = managers
                .filter((manager) => manager.files.some((expression) => expression.test(file)))
                .flatMap((manager) => [...text.matchAll(manager.text)].map((match) => range(match)));
            return [...text.matchAll(versionIn(file))]
                .filter((match) => !found.some(([start, end]) => start <= match.index && match.index < end))
                .map((match) => `${file}:${text.slice(0, match.index).split("\n").length}: ${match[0]}`);
        });
        assert.deepEqual(missed, [], "Add these to .github/renovate.json5");
    });
});

/** Tracked files that may hold versions: neither those that Renovate is told to ignore, nor prose, locks and data. */
function versionedFiles(): string[] {
    const others = [
        "**/*.md",
        "package-lock.json",
        "**/go.sum",
        "**/*.asc",
        "**/schemas/**",
        "**/*.json",
        "**/*.svg",
        "LICENSE",
    ];
    const ignored = [...config.ignorePaths, ...others].map((glob) => `:(glob,exclude)${glob}`);
    const tracked = execFileSync("git", ["ls-files", "-z", "--", ".", ...ignored], { cwd: root, encoding: "utf8" });
    const packages = execFileSync("git", ["ls-files", "-z", "--", "*package.json"], { cwd: root, encoding: "utf8" });
    return `${tracked}${packages}`.split("\0").filter((file) => file !== "");
}

/** Three numbers with points between them. In code only as a text of its own: sentences give examples. */
function versionIn(file: string): RegExp {
    return /\.[cm]?[jt]s$/.test(file)
        ? /(?<=["'`]([\w./-]+[:@])?)v?\d+\.\d+\.\d+(-[\w.]+)?(?=["'`])/g
        : /(?<!#.*|[\w.])v?\d+\.\d+\.\d+(?![.\d]*\.\d)|(?<=# )v\d+\.\d+\.\d+$/gm;
}

function patterns({ managerFilePatterns }: FileMatcher): RegExp[] {
    return managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
}

function range(match: RegExpExecArray): readonly [start: number, end: number] {
    return [match.index, match.index + match[0].length];
}

function read(file: string): string {
    return fs.readFileSync(path.join(root, file), "utf8");
}
