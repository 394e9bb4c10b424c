import * as fs from "node:fs";
import * as path from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { listIn, mapIn, textIn } from "../../../components/gitops/encryption/read-value";
import { isCanary, recipientsIn } from "../../../components/gitops/encryption/sops-recipients";
import type { TreeObservation } from "./observation";

/**
 * The layers that an environment lists, and the PGP keys that its files are encrypted to, as the files of `gitops/`
 * have them. Patches of the environment are left out.
 *
 * @throws Error if the environment has no folder, or if a file is not YAML.
 */
export function readTree(gitops: string, environment: string): TreeObservation {
    const folder = path.join(gitops, "clusters", environment);
    const layers = listIn(yamlOf(path.join(folder, "kustomization.yaml")), "resources")
        .map((name) => path.join(folder, String(name)))
        .filter((file) => file.endsWith(".yaml"))
        .flatMap(objectsOf)
        .filter((object) => textIn(object, "kind") === "Kustomization")
        .map((object) => ({
            name: textIn(mapIn(object, "metadata"), "name"),
            after: listIn(mapIn(object, "spec"), "dependsOn").map((dependency) => textIn(dependency, "name")),
        }));
    return { layers, pgp: countedKeys(folder, environment) };
}

/** A canary is encrypted to one kind of key by intention, and holds no value that anybody needs. */
function countedKeys(folder: string, environment: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".sops.yaml"))) {
        const documents = parseAllDocuments(fs.readFileSync(path.join(folder, file), "utf8"));
        const keys = documents.flatMap((document) => recipientsIn(document.toJS()).pgp);
        for (const key of isCanary(`clusters/${environment}/${file}`) ? [] : new Set(keys)) {
            counts[key] = (counts[key] ?? 0) + 1;
        }
    }
    return counts;
}

function objectsOf(file: string): unknown[] {
    return parseAllDocuments(fs.readFileSync(file, "utf8")).map((document) => document.toJS() as unknown);
}

function yamlOf(file: string): unknown {
    return parse(fs.readFileSync(file, "utf8")) as unknown;
}
