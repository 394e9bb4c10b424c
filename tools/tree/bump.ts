import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { nearest } from "../../components/settings/nearest";
import { knownCharts } from "./charts";
import { newestVersion, pullArchive, shownOf } from "./published/helm-pull";
import type { ChartPin } from "./published/pins";
import { TreeError } from "./tree-error";
import { isOlder } from "./version-order";

export interface BumpOptions {
    /** The folder that holds `gitops/` and `packages/`. */
    readonly repository: string;
    /** What the tree installs. */
    readonly pins: readonly ChartPin[];
    /** Folder of `gitops/systems`. */
    readonly system: string;
    /** Default: the newest that is no pre-release. */
    readonly version?: string | undefined;
}

/** What a bump changed, and what is left to do, a line each. */
export interface Bumped {
    readonly changes: readonly string[];
    /** Files that were written, from the repository. */
    readonly written: readonly string[];
    /** Where the publisher says what is new. */
    readonly notes: readonly string[];
    readonly next: readonly string[];
}

interface Chart {
    readonly pin: ChartPin;
    readonly values: string;
    readonly version: string;
    readonly appVersion: string | undefined;
    readonly notes: readonly string[];
}

/**
 * Changes the version of a system's charts wherever it stands: the line that pins it, tags of the application that
 * stand beside it, and in `packages/facts/charts/<chart>` the version and the default values. Nothing is written before
 * every chart has been had from its registry.
 *
 * @throws TreeError if the system has no published chart, if its registry does not have the version, or if the version
 * is an older one of a chart that brings definitions: stored objects may be of a version that it does not know.
 */
export async function bump({ repository, pins, system, version }: BumpOptions): Promise<Bumped> {
    const own = pinsOfSystem(pins, system);
    const charts: Chart[] = [];
    for (const pin of own) {
        const wanted = version ?? (await newestVersion(pin));
        refuseDowngrade(pin, wanted);
        if (wanted !== pin.version) {
            charts.push(await fetched({ ...pin, version: wanted }, pin));
        }
    }
    const written = charts.flatMap((chart) => write(repository, system, chart));
    const facts = charts.flatMap((chart) => factsOf(repository, chart));
    return {
        changes: own.map(({ name, version: from }) => {
            const to = charts.find(({ pin }) => pin.name === name);
            return to ? `${name} ${from} → ${to.version}` : `${name} ${from} is the newest`;
        }),
        written: [...new Set([...written, ...facts.flatMap(({ files }) => files)])].sort(),
        notes: [...new Set(charts.flatMap(({ notes }) => notes))],
        next:
            charts.length === 0
                ? []
                : [
                      "npm run tree -- charts pull, which writes the digest into charts.lock.json",
                      ...facts.map(({ left }) => left),
                      "npm run tree -- check, npm run tree -- diff",
                  ],
    };
}

function pinsOfSystem(pins: readonly ChartPin[], system: string): readonly ChartPin[] {
    const systemOf = ({ place }: ChartPin) => /^systems\/([^/]+)\//.exec(place.file)?.[1];
    const own = pins.filter((pin) => systemOf(pin) === system);
    if (own.length === 0) {
        const systems = [...new Set(pins.flatMap((pin) => systemOf(pin) ?? []))].sort();
        const near = nearest(system, systems);
        const advice = near === undefined ? `those that have are ${systems.join(", ")}` : `did you mean ${near}?`;
        throw new TreeError(`system ${system} has no published chart; ${advice}`);
    }
    return own;
}

function refuseDowngrade({ name, version, place }: ChartPin, wanted: string): void {
    const facts = knownCharts().find(({ folder }) => folder.endsWith(`/${name}`));
    if (isOlder(wanted, version) && facts !== undefined && facts.kinds.length > 0) {
        throw new TreeError(
            `gitops/${place.file}:${place.line}: chart ${name} brings definitions, and ${wanted} is older than ${version}: ` +
                "what is stored may be of a version that the older ones do not know\n" +
                "    restore a backup from before the upgrade, or go on to a version that mends what is wrong",
        );
    }
}

async function fetched(pin: ChartPin, before: ChartPin): Promise<Chart> {
    const archive = await pullArchive(pin);
    const chart = parse(await shownOf(pin, archive, "chart")) as {
        /** YAML reads `1.30` as a number. */
        appVersion?: string | number;
        home?: string;
        sources?: string[];
    };
    const repositories = [...(chart.sources ?? []), chart.home ?? ""].filter((url) =>
        url.startsWith("https://github.com/"),
    );
    const [first] = repositories.map((url) => /^https:\/\/github\.com\/[^/]+\/[^/#]+/.exec(url)?.[0] ?? url);
    const notes = first === undefined ? (chart.home ?? "") : `${first.replace(/\.git$/, "")}/releases`;
    return {
        pin: before,
        values: await shownOf(pin, archive, "values"),
        version: pin.version,
        appVersion: chart.appVersion === undefined ? undefined : String(chart.appVersion),
        notes: notes === "" ? [] : [notes],
    };
}

/** The line that pins the chart, and tags of its application beside it. */
function write(repository: string, system: string, { pin, version, appVersion }: Chart): string[] {
    const pinned = path.join(repository, "gitops", pin.place.file);
    const lines = fs.readFileSync(pinned, "utf8").split("\n");
    const line = lines[pin.place.line - 1] ?? "";
    if (line.includes(version) && !line.includes(pin.version)) {
        return [];
    }
    if (!line.includes(pin.version)) {
        throw new TreeError(
            `gitops/${pin.place.file}:${pin.place.line} does not hold ${pin.version}; write it out there`,
        );
    }
    lines[pin.place.line - 1] = line.replace(pin.version, version);
    fs.writeFileSync(pinned, lines.join("\n"));
    return [`gitops/${pin.place.file}`, ...writeTags(repository, system, pin, appVersion)];
}

function writeTags(repository: string, system: string, { name }: ChartPin, appVersion: string | undefined): string[] {
    const before = chartFile(repository, name)?.appVersion;
    if (appVersion === undefined || before === undefined || before === appVersion) {
        return [];
    }
    const folder = path.join(repository, "gitops/systems", system);
    const tag = new RegExp(`^(\\s*(?:tag|image|imageTag): .*?)${before.replaceAll(".", "\\.")}(?=["'\\s@]|$)`, "gm");
    return fs
        .readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".yaml"))
        .flatMap((file) => {
            const full = path.join(folder, file);
            const text = fs.readFileSync(full, "utf8");
            const changed = text.replace(tag, (_, start: string) => `${start}${appVersion}`);
            if (changed === text) {
                return [];
            }
            fs.writeFileSync(full, changed);
            return [`gitops/systems/${system}/${file}`];
        });
}

interface ChartFile {
    readonly text: string;
    readonly appVersion: string | undefined;
}

function chartFile(repository: string, name: string): ChartFile | undefined {
    const file = path.join(repository, `packages/facts/charts/${name}/chart.yaml`);
    if (!fs.existsSync(file)) {
        return undefined;
    }
    const text = fs.readFileSync(file, "utf8");
    const { appVersion } = parse(text) as { appVersion?: string };
    return { text, appVersion };
}

/** Version and values, without comments as the facts have them. The rest takes the chart's source. */
function factsOf(repository: string, { pin, version, appVersion, values }: Chart): { files: string[]; left: string }[] {
    const known = chartFile(repository, pin.name);
    const folder = `packages/facts/charts/${pin.name}`;
    if (known === undefined) {
        return [];
    }
    const text = known.text
        .replace(/^version: .*$/m, `version: ${version}`)
        .replace(/^appVersion: .*$/m, (line) => (appVersion === undefined ? line : `appVersion: ${appVersion}`));
    fs.writeFileSync(path.join(repository, folder, "chart.yaml"), text);
    const valuesFile = path.join(repository, folder, "values.yaml");
    // Where the licence forbids a copy there is none.
    const hasValues = fs.existsSync(valuesFile);
    if (hasValues) {
        fs.writeFileSync(valuesFile, stringify(parse(values) ?? {}, { lineWidth: 0 }));
    }
    const files = [`${folder}/chart.yaml`, ...(hasValues ? [`${folder}/values.yaml`] : [])];
    const left = `${folder}: schema, definitions, sub-charts and rendered/ are still of ${pin.version}: npm run tree -- charts facts writes rendered/, packages/facts/charts/README.md says how to get the others`;
    return [{ files, left }];
}
