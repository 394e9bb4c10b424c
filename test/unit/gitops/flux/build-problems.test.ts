import * as assert from "node:assert/strict";
import * as path from "node:path";
import { loadManifestTree } from "../../../../components/gitops/fleet/manifest-tree";
import { buildProblems } from "../../../../components/gitops/flux/build-problems";

const root = path.join(__dirname, "../../../..");
const fix = "add it, correct the name, or take the line out";
const bare = "a folder without kustomization.yaml; add one that lists its files";

const layer = (name: string, spec: string) =>
    `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: ${name}\n` +
    `  namespace: flux-system\nspec:\n${spec}`;
const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

/** An environment with one layer, whose folder has this kustomization.yaml and these files beside it. */
const treeWith = (kustomization: string, files: Readonly<Record<string, string>> = {}) => ({
    "clusters/staging/kustomization.yaml": "resources: [../base/apps.yaml]\n",
    "clusters/base/apps.yaml": layer("apps", "  path: ./layers/apps\n"),
    "layers/apps/kustomization.yaml": kustomization,
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`layers/apps/${name}`, text])),
});
const problemsOf = (...args: Parameters<typeof treeWith>) => buildProblems(treeWith(...args), "staging");

describe("the build of an environment", () => {
    for (const environment of ["staging", "production"]) {
        it(`fails nowhere in ${environment}, and would without what a layer, an overlay or a system is made of`, () => {
            const tree = loadManifestTree(path.join(root, "gitops"), environment);
            assert.deepEqual(buildProblems(tree, environment), []);
            for (const part of [
                "clusters/base/apps.yaml",
                `clusters/${environment}/apps/`,
                "layers/apps/",
                "policies/releases/kustomization.yaml",
                "systems/linkerd/linkerd-crds/",
                "systems/podinfo/deployment.yaml",
            ]) {
                const rest = Object.entries(tree).filter(([file]) => !file.startsWith(part));
                assert.ok(rest.length < Object.keys(tree).length, part);
                assert.notDeepEqual(buildProblems(Object.fromEntries(rest), environment), [], `without ${part}`);
            }
        });
    }

    it("names a layer that another waits for and that the environment does not list, unless a patch changes that", () => {
        const waiting = {
            ...treeWith("resources: []\n"),
            "clusters/base/apps.yaml": layer("apps", "  path: ./layers/apps\n  dependsOn:\n    - name: caches\n"),
        };
        const problem =
            "gitops/clusters/base/apps.yaml:9: waits for layer caches, which gitops/clusters/staging does not have; " +
            "list it there, or take the dependency away";
        assert.deepEqual(buildProblems(waiting, "staging"), [problem]);
        const list = "clusters/staging/kustomization.yaml";
        const caches = { "clusters/base/caches.yaml": layer("caches", "  path: ./layers/apps\n") };
        const listed = { ...waiting, ...caches, [list]: "resources: [../base/apps.yaml, ../base/caches.yaml]\n" };
        assert.deepEqual(buildProblems(listed, "staging"), []);
        const patch = "[{ op: remove, path: /spec/dependsOn }]";
        const patches = `patches:\n  - { target: { kind: Kustomization }, patch: "${patch}" }\n`;
        assert.deepEqual(buildProblems({ ...waiting, [list]: `${waiting[list]}${patches}` }, "staging"), []);
    });

    it("names a file or a folder that is not there, with the line, whatever it is for", () => {
        const kustomization = [
            "resources:",
            "  - here.yaml",
            "  - gone.yaml",
            "  - gone",
            "components: [../gone]",
            "patches:",
            "  - path: gone-patch.yaml",
            "    target: { kind: ConfigMap }",
            "configMapGenerator:",
            "  - name: a",
            "    files: [key=gone.txt, here.yaml]",
            "    envs:",
            "      - gone.env",
            "secretGenerator: [{ name: b, files: [gone.key] }]",
            "replacements: [{ path: gone-replacement.yaml }]",
            "configurations: [gone-names.yaml]",
            "openapi: { path: gone.json }",
        ].join("\n");
        const missing = (line: number, field: string, name: string) =>
            `gitops/layers/apps/kustomization.yaml:${line}: ${field} names ${name}, which is not there; ${fix}`;
        assert.deepEqual(problemsOf(kustomization, { "here.yaml": configMap("here") }).sort(), [
            missing(11, "configMapGenerator.files", "layers/apps/gone.txt"),
            missing(13, "configMapGenerator.envs", "layers/apps/gone.env"),
            missing(14, "secretGenerator.files", "layers/apps/gone.key"),
            missing(15, "replacements.path", "layers/apps/gone-replacement.yaml"),
            missing(16, "configurations", "layers/apps/gone-names.yaml"),
            missing(17, "openapi.path", "layers/apps/gone.json"),
            missing(3, "resources", "layers/apps/gone.yaml"),
            missing(4, "resources", "layers/apps/gone"),
            missing(5, "components", "layers/gone"),
            missing(7, "patches.path", "layers/apps/gone-patch.yaml"),
        ]);
    });

    it("names what is listed twice, and an object that two files have", () => {
        const files = { "a.yaml": configMap("one"), "b.yaml": configMap("one"), "c.yaml": configMap("other") };
        const at = "gitops/layers/apps/kustomization.yaml";
        assert.deepEqual(problemsOf("resources:\n  - a.yaml\n  - c.yaml\n  - ./a.yaml\n", files), [
            `${at}:4: resources names layers/apps/a.yaml twice; remove one of the two`,
        ]);
        assert.deepEqual(problemsOf("resources:\n  - a.yaml\n  - b.yaml\n", files), [
            `${at}:3: layers/apps/b.yaml has ConfigMap one, as layers/apps/a.yaml does; remove one of the two`,
        ]);
    });

    it("names a folder that kustomize cannot build, and a file where it wants a folder", () => {
        const files = { "sub/a.yaml": configMap("a"), "b.yaml": configMap("b") };
        const at = "gitops/layers/apps/kustomization.yaml:1: ";
        assert.deepEqual(problemsOf("resources: [sub]\n", files), [`${at}resources names layers/apps/sub, ${bare}`]);
        assert.deepEqual(problemsOf("components: [b.yaml]\n", files), [
            `${at}components names layers/apps/b.yaml, a file where kustomize wants a folder; name its folder`,
        ]);
        assert.deepEqual(problemsOf("patches: [{ path: sub, target: { kind: A } }]\n", files), [
            `${at}patches.path names layers/apps/sub, a folder where kustomize wants a file; name a file in it`,
        ]);
    });

    it("names a patch of operations without a target", () => {
        const patch = "patches:\n  - patch: |\n      - { op: remove, path: /data }\n";
        assert.deepEqual(problemsOf(patch), [
            "gitops/layers/apps/kustomization.yaml:2: a patch of operations names no target; add one to the patch",
        ]);
    });

    it("takes what a file holds itself, or another repository has, for no file", () => {
        const kustomization = [
            "resources: ['https://example.com/a.yaml', github.com/acme/tree/base?ref=v1]",
            "transformers: ['apiVersion: builtin\n\n  kind: PrefixTransformer']",
            "patches: [{ target: { kind: A }, patch: '- { op: remove, path: /a }' }]",
            "configMapGenerator: [{ name: a, literals: [a=gone.txt] }]",
        ].join("\n");
        assert.deepEqual(problemsOf(kustomization), []);
    });

    describe("follows Flux", () => {
        const base = "clusters/base/apps.yaml";
        const missing = (line: number, folder: string) =>
            `gitops/${base}:${line}: names folder ${folder}, which is not there; ${fix}`;

        it("to the folder of a layer, which need not have a kustomization.yaml", () => {
            const tree = treeWith("");
            assert.deepEqual(buildProblems({ ...tree, [base]: layer("apps", "  path: ./layers/app\n") }, "staging"), [
                missing(7, "layers/app"),
            ]);
            const plain = { "clusters/staging/kustomization.yaml": "resources: [../base/apps.yaml]\n" };
            const folder = { [base]: layer("apps", "  path: ./layers/apps\n"), "layers/apps/a.yaml": configMap("a") };
            assert.deepEqual(buildProblems({ ...plain, ...folder }, "staging"), []);
            const below = { "layers/apps/sub/kustomization.yaml": "resources: [gone.yaml]\n" };
            assert.equal(buildProblems({ ...plain, ...folder, ...below }, "staging").length, 1);
        });

        it("to components, from a layer's own list and from patches of it", () => {
            const spec = "  path: ./layers/apps\n  components: [../gone]\n";
            assert.deepEqual(buildProblems({ ...treeWith(""), [base]: layer("apps", spec) }, "staging"), [
                missing(7, "layers/gone"),
            ]);
            const patched = (patch: string) => ({
                ...treeWith(""),
                "clusters/staging/kustomization.yaml": `resources: [../base/apps.yaml]\npatches:\n${patch}`,
            });
            const at = "gitops/clusters/staging/kustomization.yaml:3: names";
            const operation = "- { op: add, path: /spec/components/0, value: ../../systems/x }";
            const add = (target: string) => `  - target: ${target}\n    patch: "${operation}"\n`;
            const absent = [`${at} folder systems/x, which is not there; ${fix}`];
            assert.deepEqual(buildProblems(patched(add("{ name: apps }")), "staging"), absent);
            assert.deepEqual(buildProblems(patched(add("{ name: other }")), "staging"), []);
            const merge = layer("any", "  components: [../../systems/x]\n").replaceAll("\n", "\n      ");
            const whole = `  - target: { kind: Kustomization }\n    patch: |\n      ${merge}\n`;
            assert.deepEqual(buildProblems(patched(whole), "staging"), absent);
            const there = { ...patched(whole), "systems/x/a.yaml": configMap("a") };
            assert.deepEqual(buildProblems(there, "staging"), [`${at} component systems/x, ${bare}`]);
        });

        it("to every folder that a variable may mean, and to the environment's own", () => {
            const spec =
                "  path: ./systems/${service_mesh}\n  components:\n    - ../../clusters/${environment}/overlay\n";
            const tree = {
                ...treeWith(""),
                [base]: layer("mesh", spec),
                "systems/istio/kustomization.yaml": "resources: [gone.yaml]\n",
                "systems/linkerd/kustomization.yaml": "resources: []\n",
            };
            assert.deepEqual(buildProblems(tree, "staging"), [
                `gitops/systems/istio/kustomization.yaml:1: resources names systems/istio/gone.yaml, which is not there; ${fix}`,
                missing(7, "clusters/staging/overlay"),
            ]);
        });

        it("to nothing of another repository, and to nothing that no layer builds", () => {
            const spec = "  path: ./gone\n  sourceRef: { kind: GitRepository, name: team }\n";
            assert.deepEqual(buildProblems({ ...treeWith(""), [base]: layer("team", spec) }, "staging"), []);
            const unused = { "systems/unused/kustomization.yaml": "resources: [gone.yaml]\n" };
            assert.deepEqual(buildProblems({ ...treeWith(""), ...unused }, "staging"), []);
        });
    });
});
