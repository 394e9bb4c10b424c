import * as fs from "node:fs";
import * as path from "node:path";
import { type Document, isSeq, parseAllDocuments, YAMLSeq } from "yaml";

/** A layer in `clusters/base`: its Flux Kustomization, and the generator with the files that it is built from. */
export function layerFile(layer: string): string {
    return `clusters/base/${layer}.yaml`;
}

/** Has the artifact of a layer hold what a pattern matches; does nothing if it does. */
export function copyToLayer(root: string, layer: string, pattern: string): void {
    editLayer(root, layer, (_, generator) => {
        const copies = generator.getIn(["spec", "artifacts", 0, "copy"]);
        const from = `@tree/${pattern}`;
        if (isSeq(copies) && !(copies.toJSON() as { from: string }[]).some((copy) => copy.from === from)) {
            copies.add(generator.createNode({ from, to: "@artifact/" }, { flow: true }));
        }
    });
}

/** Has a layer wait for another; does nothing if it does. */
export function makeDependent(root: string, layer: string, dependency: string): void {
    editLayer(root, layer, (kustomization) => addOnce(kustomization, ["spec", "dependsOn"], { name: dependency }));
}

/** Has a layer apply a component; does nothing if it does. */
export function addComponent(root: string, layer: string, component: string): void {
    editLayer(root, layer, (kustomization) => addOnce(kustomization, ["spec", "components"], component));
}

function addOnce(document: Document, at: readonly string[], item: unknown): void {
    const list = document.getIn(at);
    if (!(list instanceof YAMLSeq)) {
        document.setIn(at, document.createNode([item]));
    } else if (!list.toJSON().some((each: unknown) => JSON.stringify(each) === JSON.stringify(item))) {
        document.addIn(at, item);
    }
}

type Edit = (kustomization: Document, generator: Document) => void;

function editLayer(root: string, layer: string, edit: Edit): void {
    const file = path.join(root, layerFile(layer));
    const documents = parseAllDocuments(fs.readFileSync(file, "utf8"));
    const [kustomization, generator] = Array.isArray(documents) ? documents : [];
    if (kustomization === undefined || generator === undefined) {
        throw new Error(`${layerFile(layer)} is not a Kustomization and an ArtifactGenerator, in this order`);
    }
    edit(kustomization, generator);
    const text = [kustomization, generator].map((document) => document.toString({ lineWidth: 0 })).join("");
    fs.writeFileSync(file, text);
}
