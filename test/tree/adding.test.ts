import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { addSystem } from "../../tools/tree/add-system";
import { check } from "../../tools/tree/check";
import { type ClusterChange, compare } from "../../tools/tree/compare";
import { describeFinding } from "../../tools/tree/finding";
import type { RenderOptions } from "../../tools/tree/render";
import type { Tree } from "../../tools/tree/tree";
import { podinfoTag } from "../support/podinfo-tag";
import { committedTree, treeRoot } from "../support/tree";
import { copiedTree, type Edit, renderedWith, withEdits } from "../support/tree-copy";

const page = fs.readFileSync(join(__dirname, "../../docs/tree.md"), "utf8");
const everywhere: RenderOptions = {};

/** The command of docs/tree.md. */
const [, name = "", layer = "", chart = "", version = ""] =
    /npm run tree -- add system (\S+) --layer (\S+) \\\n +--chart (\S+) --version (\S+)/.exec(page) ?? [];

/** The values that docs/tree.md sets afterwards. */
const [, values = ""] = /```yaml\n# systems\/sessions\/release\.yaml\nspec:\n([^]*?)```/.exec(page) ?? [];

const list = `layers/${layer}/kustomization.yaml`;
const line: Edit = { file: list, from: "resources:\n", to: `resources:\n  - ../../systems/${name}\n` };
const copy: Edit = {
    file: `clusters/base/${layer}.yaml`,
    from: "      copy:\n",
    to: `      copy:\n        - { from: "@tree/systems/${name}/*", to: "@artifact/" }\n`,
};
const folder = added();

/** The files that the command writes to a copy of the tree, with the values. */
function added(): Edit[] {
    const root = fs.mkdtempSync(join(copiedTree(), "../tree-adding-"));
    try {
        fs.cpSync(treeRoot, root, { recursive: true });
        const written = addSystem(root, name, { layer, chart, version });
        assert.deepEqual(written.slice(-2), [list, copy.file]);
        return written.slice(0, -2).map((file) => {
            const text = fs.readFileSync(join(root, file), "utf8");
            return { file, text: text.replace("  values: {}\n", values) };
        });
    } finally {
        fs.rmSync(root, { recursive: true });
    }
}

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

/** The rules that found something, in the first lines of their findings. */
function rulesOf(findings: string): string[] {
    return [...new Set([...findings.matchAll(/ \[([a-z-]+)\]$/gm)].map(([, rule = ""]) => rule))].sort();
}

const names = ({ changes: own }: ClusterChange) => own.map(({ kind, object }) => `${kind} ${object}`).sort();

describe("Adding a system", function () {
    this.timeout(120_000);

    it("is one command, after which the example of docs/tree.md lacks what the page says", async () => {
        assert.deepEqual(new Set(folder.map(({ file }) => file.split("/").slice(0, -1).join("/"))).size, 1);
        assert.deepEqual(rulesOf(await findings([...folder, line, copy])), ["alerts", "pins", "pod-security"]);
    });

    it("puts its objects into every environment, and changes nothing else", async () => {
        const clusters = await changes([...folder, line, copy]);
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

    it("changes nothing without its lines, and is looked at all the same", async () => {
        assert.deepEqual((await changes(folder)).flatMap(names), []);
        assert.deepEqual(rulesOf(await findings(folder)), ["pins", "pod-security"]);
    });

    it("refuses a name that is taken or invalid, a layer that does not exist, and a loose version", () => {
        const system = { layer, chart, version };
        assert.throws(
            () => addSystem(treeRoot, "traefik", system),
            /a system traefik cannot be added: systems\/traefik exists/,
        );
        assert.throws(
            () => addSystem(treeRoot, "Sessions", system),
            /Sessions cannot be the name of a system: write 1 to 40/,
        );
        assert.throws(
            () => addSystem(treeRoot, name, { ...system, layer: "app" }),
            /--layer app does not exist; layers are apps/,
        );
        assert.throws(
            () => addSystem(treeRoot, name, { ...system, version: "1.x" }),
            /--version 1\.x is not the exact version/,
        );
        assert.throws(() => addSystem(treeRoot, name, { ...system, chart: "https://a.b/c" }), /copy systems\/velero/);
        assert.ok(!fs.existsSync(join(treeRoot, "systems", name)));
    });

    it("is found out by its line when a value is wrong", async () => {
        const wrong = folder.map((edit) =>
            "text" in edit ? { ...edit, text: edit.text?.replace("    resources:\n", "    resource:\n") } : edit,
        );
        const found = await findings([...wrong, line, copy]);
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
    this.timeout(120_000);

    it("is one line for an app: nothing else changes, and every rule holds", async () => {
        const edit: Edit = {
            file: podinfoTag.file,
            from: podinfoTag.value,
            to: "6.15.0",
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
            /^gitops\/systems\/traefik\/source\.yaml:\d+: .*packages\/facts\/charts\/traefik is of 41\.3\.0 \[charts\]\n.*copy values, definitions and rendered objects of 41\.4\.0.*$/,
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
