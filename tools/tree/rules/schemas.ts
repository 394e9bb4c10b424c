import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Finding } from "../finding";
import type { KubernetesObject } from "../object";
import { program } from "../programs";
import { everyManifest, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

const repository = path.join(__dirname, "../../..");
const customResource = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json";
const locations = [
    "packages/facts/schemas/kubernetes-1.36/{{.ResourceKind}}{{.KindSuffix}}.json",
    `packages/facts/schemas/flux/${customResource}`,
    `packages/facts/schemas/charts/${customResource}`,
].flatMap((template) => ["-schema-location", path.join(repository, template)]);

/** What is wrong with a manifest, by its text: the same object is looked at once a process. */
const verdicts = new Map<string, readonly Verdict[]>();

interface Verdict {
    readonly path: readonly (string | number)[];
    readonly reason: string;
}

interface Report {
    readonly resources: readonly {
        readonly filename: string;
        readonly msg: string;
        readonly status: string;
    }[];
}

/** Manifests have only fields that Kubernetes, Flux and the operators know, of their types: what kubeconform says. */
export function schemas(tree: Tree): readonly Finding[] {
    validate(tree.clusters.flatMap((cluster) => everyManifest(cluster).map(textOf)));
    return inEveryCluster(tree, (cluster) =>
        everyManifest(cluster).flatMap((manifest) =>
            (verdicts.get(textOf(manifest)) ?? []).map(({ path: at, reason }) =>
                findingAt(manifest, at, reason, fixOf(reason, manifest.object)),
            ),
        ),
    );
}

/**
 * Flux takes the `sops` block away before it applies a Secret, so it is taken away here too. JSON is read as it is
 * meant.
 */
function textOf({ object }: Manifest): string {
    return JSON.stringify(object.sops === undefined ? object : { ...object, sops: undefined });
}

function validate(texts: readonly string[]): void {
    const unseen = [...new Set(texts)].filter((text) => !verdicts.has(text));
    if (unseen.length === 0) {
        return;
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tree-schemas-"));
    try {
        const byFile = new Map(unseen.map((text) => [`${createHash("sha256").update(text).digest("hex")}.json`, text]));
        byFile.forEach((text, file) => fs.writeFileSync(path.join(folder, file), text));
        const reported = kubeconform(folder);
        if (reported.resources.length !== byFile.size) {
            throw new Error(`kubeconform looked at ${reported.resources.length} objects of ${byFile.size}`);
        }
        for (const { filename, ...resource } of reported.resources) {
            verdicts.set(
                byFile.get(path.basename(filename)) ?? "",
                resource.status === "statusValid" ? [] : verdictsOf(resource),
            );
        }
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

function kubeconform(folder: string): Report {
    const args = ["-strict", "-verbose", "-output", "json", ...locations, folder];
    const { stdout, stderr, error } = spawnSync(program("kubeconform"), args, { encoding: "utf8", maxBuffer: 2 ** 28 });
    if (error || stdout === "") {
        throw new Error(`kubeconform does not run: ${error?.message ?? stderr}`);
    }
    return JSON.parse(stdout) as Report;
}

/** Its message has a line for each place, those around the place that is wrong among them. */
function verdictsOf({ msg }: { readonly msg: string }): Verdict[] {
    const places = [...msg.matchAll(/- at '([^']*)': (.*?)(?=\s+- at '|$)/gs)]
        .map(([, pointer = "", reason = ""]) => ({ pointer, reason: reason.trim() }))
        .filter(({ reason }) => !/^('\w+' failed|validation failed)/.test(reason));
    const verdicts = places.map(({ pointer, reason }) => {
        const parts = pointer.split("/").slice(1);
        const path = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll("~1", "/")));
        const [, added] = /^additional properties '([^']+)' not allowed/.exec(reason) ?? [];
        return { path: added === undefined ? path : [...path, added], reason: `is not valid: ${reason}` };
    });
    return verdicts.length > 0 ? verdicts : [{ path: ["kind"], reason: `is not valid: ${msg}` }];
}

function fixOf(reason: string, { apiVersion, kind }: KubernetesObject): string {
    return reason.includes("could not find schema")
        ? `correct the kind, or add its schema (packages/facts/schemas/README.md for a built-in kind, packages/facts/charts/README.md for another)`
        : `see: kubectl explain ${kind} --api-version ${apiVersion}`;
}
