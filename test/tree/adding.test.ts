import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "../../tools/tree/check";
import { type ClusterChange, compare } from "../../tools/tree/compare";
import { describeFinding } from "../../tools/tree/finding";
import type { RenderOptions } from "../../tools/tree/render";
import type { Tree } from "../../tools/tree/tree";
import { committedTree } from "../support/tree";
import { copiedTree, type Edit, renderedWith, withEdits } from "../support/tree-copy";

const page = readFileSync(join(__dirname, "../../docs/tree.md"), "utf8");
const everywhere: RenderOptions = {};

/** The blocks of docs/tree.md that begin with the name of a file, which is all that they need. */
const folder = [...page.matchAll(/```yaml\n# (\S+\.yaml)\n([^]*?)```/g)].map(([, file = "", text]): Edit => ({
    file,
    text,
}));

/** The one line, as docs/tree.md says it. */
const [, list = "", entry = ""] = /The line, in `(\S+)`, [^]*?```yaml\n(- .*)\n```/.exec(page) ?? [];
const line: Edit = { file: list, from: "resources:\n", to: `resources:\n  ${entry}\n` };

/** What all rules find after a change and did not find before it. */
async function findings(edits: readonly Edit[]): Promise<string> {
    const before = new Set((await check(await committedTree())).map(describeFinding));
    // The secrets' rule reads the files, so they have to be there still.
    const after = await withEdits(edits, async () => check(await renderedWith([], { meshes: ["istio"] })));
    return after
        .map(describeFinding)
        .filter((finding) => !before.has(finding))
        .join("\n");
}

async function changes(edits: readonly Edit[]): Promise<ClusterChange[]> {
    const before = await committedTree();
    const after: Tree = await renderedWith(edits, everywhere);
    return after.clusters.map((cluster) => {
        const { environment, mesh } = cluster;
        return compare(
            before.clusters.find((other) => other.environment === environment && other.mesh === mesh),
            cluster,
        );
    });
}

const names = ({ changes: own }: ClusterChange) => own.map(({ kind, object }) => `${kind} ${object}`).sort();

describe("Adding a system", function () {
    this.timeout(60_000);

    it("is one folder and one line: the example of docs/tree.md keeps every rule", async () => {
        assert.deepEqual(new Set(folder.map(({ file }) => file.split("/").slice(0, -1).join("/"))).size, 1);
        assert.equal(await findings([...folder, line]), "");
    });

    it("puts its objects into every environment, and changes nothing else", async () => {
        const clusters = await changes([...folder, line]);
        assert.ok(clusters.length >= 4);
        for (const cluster of clusters) {
            assert.deepEqual(names(cluster), [
                "added HelmRelease flux-system/sessions",
                "added Namespace sessions",
                "added NetworkPolicy sessions/sessions",
                "added OCIRepository flux-system/sessions",
            ]);
        }
    });

    it("changes nothing without its line, and keeps every rule", async () => {
        assert.deepEqual((await changes(folder)).flatMap(names), []);
        assert.equal(await findings(folder), "");
    });

    it("is found out by its line when a value is wrong", async () => {
        const wrong = folder.map((edit) =>
            "text" in edit ? { ...edit, text: edit.text?.replace("    resources:\n", "    resource:\n") } : edit,
        );
        const found = await findings([...wrong, line]);
        const text = wrong
            .map((edit) => ("text" in edit ? (edit.text ?? "") : ""))
            .find((own) => own.includes("resource:\n"));
        const at = (text ?? "").split("\n").indexOf("    resource:") + 1;
        assert.match(
            found,
            new RegExp(`^gitops/systems/sessions/release\\.yaml:${at}: .*sets resource, which chart memcached`, "m"),
        );
        assert.match(found, /did you mean resources\?/);
    });
});

describe("Upgrading a system", function () {
    this.timeout(60_000);

    it("is one line for an app: nothing else changes, and every rule holds", async () => {
        const edit: Edit = {
            file: "clusters/staging/overlay/kustomization.yaml",
            from: /newTag: \S+/,
            to: "newTag: 6.15.0",
        };
        const [staging, ...others] = (await changes([edit])).sort((one, other) =>
            other.environment.localeCompare(one.environment),
        );
        assert.ok(staging);
        assert.deepEqual(names(staging), ["changed Deployment podinfo/podinfo"]);
        assert.deepEqual(others.filter(({ environment }) => environment === "production").flatMap(names), []);
        assert.equal(await findings([edit]), "");
    });

    it("is one line for a chart, after which one finding says what else to look at", async () => {
        const edit: Edit = { file: "systems/traefik/source.yaml", from: "tag: 41.3.0", to: "tag: 41.4.0" };
        for (const cluster of await changes([edit])) {
            assert.deepEqual(names(cluster), ["changed OCIRepository flux-system/traefik"]);
        }
        assert.match(
            await findings([edit]),
            /^gitops\/systems\/traefik\/source\.yaml:\d+: .*packages\/facts\/charts\/traefik is of 41\.3\.0 \[charts\]\n.*copy values and definitions of 41\.4\.0.*$/,
        );
    });
});

describe("The copy of the tree that tests change", () => {
    it("is as before after a change", async () => {
        const before = await committedTree();
        await withEdits([...folder, line], () => Promise.resolve());
        const after = await renderedWith([], everywhere);
        assert.equal(after.sources.root, (await renderedWith([])).sources.root);
        assert.ok(after.sources.root.endsWith(copiedTree().split("/").at(-1) ?? ""));
        assert.deepEqual(after.sources.files, before.sources.files);
    });
});
