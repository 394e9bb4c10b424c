import { execFile } from "node:child_process";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments, stringify } from "yaml";
import { field, type KubernetesObject } from "../object";
import { program } from "../programs";
import type { MadeObject } from "./pared";

/** What a release's `postRenderers` make of a chart's objects. helm-controller leaves hooks and `crds/` as they are. */
export async function postRendered(
    objects: readonly MadeObject[],
    postRenderers: readonly unknown[],
): Promise<readonly MadeObject[]> {
    let rendered = objects;
    for (const renderer of postRenderers) {
        rendered = await patched(rendered, field(renderer, "kustomize"));
    }
    return rendered;
}

async function patched(objects: readonly MadeObject[], kustomize: unknown): Promise<readonly MadeObject[]> {
    const isPatched = ({ isHook, isFromCrds }: MadeObject) => !isHook && !isFromCrds;
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "tree-post-"));
    try {
        const texts = objects.filter(isPatched).map(({ object }) => stringify(object));
        await fs.writeFile(path.join(folder, "all.yaml"), texts.join("---\n"));
        const content = { resources: ["all.yaml"], ...(kustomize as object) };
        await fs.writeFile(path.join(folder, "kustomization.yaml"), JSON.stringify(content));
        const { stdout } = await promisify(execFile)(program("kustomize"), ["build", folder], { maxBuffer: 2 ** 28 });
        const built = parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
        return [
            ...objects.filter((one) => !isPatched(one)),
            ...built.map((object) => ({ object, isHook: false, isFromCrds: false })),
        ];
    } finally {
        await fs.rm(folder, { recursive: true });
    }
}
