import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { inTurn } from "../in-turn";
import { program } from "../programs";
import { cachedOr } from "./cached";
import { type MadeObject, madeObjects } from "./pared";
import { postRendered } from "./post-renderers";
import { recordSize } from "./release-record";

/** Everything that a rendering depends on. */
export interface Wanted {
    /** Path of the chart: a published archive, or the folder of a stand-in. */
    readonly chart: string;
    readonly isPublished: boolean;
    /** Of what lies there. */
    readonly digest: string;
    readonly name: string;
    readonly namespace: string;
    readonly values: unknown;
    /** Of the definitions that the cluster has besides Kubernetes's own. */
    readonly apiVersions: readonly string[];
    readonly kubernetes: string;
    readonly postRenderers: readonly unknown[];
}

/** What a chart makes of its values. */
export interface Template {
    /** What Helm says when it makes nothing. */
    readonly error?: string;
    readonly objects: readonly MadeObject[];
    /** Bytes of the Secret that Helm keeps the release in. A stand-in cannot say. */
    readonly recordSize?: number;
}

/** Of this file's results, in the name of what is cached. */
const format = 3;

const running = new Map<string, Promise<Template>>();

/** Renders a chart as helm-controller would install it. The same question is answered from the cache. */
export function helmTemplate(wanted: Wanted, cache: string): Promise<Template> {
    // The same chart may lie elsewhere.
    const question = JSON.stringify({ ...wanted, chart: undefined, format });
    const key = createHash("sha256").update(question).digest("hex");
    const known = running.get(key) ?? cachedOr(path.join(cache, `${key}.json`), () => inTurn(() => render(wanted)));
    running.set(key, known);
    return known;
}

async function render(wanted: Wanted): Promise<Template> {
    const { chart, name, namespace, values, postRenderers } = wanted;
    const result = await printedBy(wanted);
    if ("error" in result) {
        return { error: result.error, objects: [] };
    }
    const objects = await postRendered(madeObjects(result.printed), postRenderers);
    const recorded = { name, namespace, values, archive: chart, printed: result.printed };
    return wanted.isPublished ? { objects, recordSize: recordSize(recorded) } : { objects };
}

/** What `helm template` prints, before any post-renderer. */
export async function printedBy(wanted: Wanted): Promise<{ printed: string } | { error: string }> {
    const { chart, name, namespace, values, apiVersions, kubernetes } = wanted;
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "tree-helm-"));
    try {
        const file = path.join(folder, "values.json");
        await fs.writeFile(file, JSON.stringify(values));
        const versions = apiVersions.flatMap((version) => ["--api-versions", version]);
        const args = ["template", name, chart, "--namespace", namespace, "--values", file, "--include-crds"];
        const result = await helm([...args, "--kube-version", kubernetes, ...versions]);
        return "error" in result ? { error: result.error.replaceAll(chart, "the chart") } : result;
    } finally {
        await fs.rm(folder, { recursive: true });
    }
}

function helm(args: readonly string[]): Promise<{ printed: string } | { error: string }> {
    return new Promise((resolve) => {
        execFile(program("helm"), args, { maxBuffer: 2 ** 28 }, (error, printed, stderr) =>
            resolve(error ? { error: stderr.trim().replace(/^Error: /, "") || error.message } : { printed }),
        );
    });
}
