import type { KubernetesObject } from "../fleet/manifests";
import { fluxNamespace } from "../flux-names";

/** A layer that another one waits for, and where that is written. */
interface Wait {
    readonly name: string;
    readonly at: string;
}

/** The Flux Kustomizations of a build beside Flux itself, and which of them each waits for. */
export class LayerWaits {
    private readonly layers = new Set<string>();
    private readonly waits: Wait[] = [];

    /** Notes an object of a file. */
    note(file: string, text: string, { apiVersion, kind, metadata, spec }: KubernetesObject): void {
        const { name = "", namespace = fluxNamespace } = metadata ?? {};
        const isLayer = kind === "Kustomization" && apiVersion.startsWith("kustomize.toolkit.fluxcd.io/");
        if (!isLayer || namespace !== fluxNamespace) {
            return;
        }
        this.layers.add(name);
        const { dependsOn = [] } = (spec ?? {}) as { dependsOn?: { name?: string; namespace?: string }[] };
        const lines = text.split("\n");
        const from = lines.findIndex((line) => /^ +dependsOn:/.test(line));
        for (const { name: other = "", namespace: where = fluxNamespace } of dependsOn) {
            const index = lines.findIndex((line, number) => number >= from && line.includes(`name: ${other}`));
            if (where === fluxNamespace) {
                this.waits.push({ name: other, at: `gitops/${file}:${index + 1 || 1}` });
            }
        }
    }

    /** Waits without an end, since nobody makes the layer. A variable of the cluster may stand for any name. */
    endless(): readonly Wait[] {
        return this.waits.filter(({ name }) => !this.layers.has(name) && !name.includes("${"));
    }
}
