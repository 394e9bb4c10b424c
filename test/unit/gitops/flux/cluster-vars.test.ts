import * as assert from "node:assert/strict";
import { contractProblems, variablesUsed } from "../../../../components/gitops/flux/cluster-vars";

describe("the contract between program and tree", () => {
    it("finds every ${variable} with file and line", () => {
        const used = variablesUsed({ "apps/a.yaml": "host: x.${domain}\nname: ${cluster_name:=none}\n" });
        assert.deepEqual(
            [...used],
            [
                ["domain", "gitops/apps/a.yaml:1"],
                ["cluster_name", "gitops/apps/a.yaml:2"],
            ],
        );
    });

    it("leaves escapes, comments and files that are no manifests alone", () => {
        const tree = { "a.yaml": "# ${comment}\nscript: $${shell}\n", "README.md": "${prose}" };
        assert.deepEqual([...variablesUsed(tree)], []);
    });

    const script = (metadata: string) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: start${metadata} }\ndata:\n  start.sh: |\n    # \${comment}\n    cd \${HOME}\n`;
    const off = '"kustomize.toolkit.fluxcd.io/substitute": disabled';

    it("leaves an object alone that switches substitution off, and no other", () => {
        for (const part of ["annotations", "labels"]) {
            assert.deepEqual([...variablesUsed({ "a.yaml": script(`, ${part}: { ${off} }`) })], []);
        }
        const both = `${script(`, annotations: { ${off} }`)}---\n${script("")}`;
        assert.deepEqual(
            [...variablesUsed({ "a.yaml": both })],
            [
                ["comment", "gitops/a.yaml:14"],
                ["HOME", "gitops/a.yaml:15"],
            ],
        );
        const item = `{ kind: ConfigMap, metadata: { annotations: { ${off} } }, data: { a: "\${x}" } }`;
        assert.deepEqual([...variablesUsed({ "a.yaml": `kind: List\nitems: [${item}]\n` })], []);
    });

    it("takes what a generator makes with substitution off for such an object", () => {
        const generator = `{ name: a, literals: ["a=\${x}"], options: { annotations: { ${off} } } }`;
        assert.deepEqual([...variablesUsed({ "kustomization.yaml": `configMapGenerator: [${generator}]\n` })], []);
    });

    it("finds a variable in a comment of a script, which is no comment of YAML, and in a key", () => {
        assert.deepEqual([...variablesUsed({ "a.yaml": script("") }).keys()], ["comment", "HOME"]);
        assert.deepEqual([...variablesUsed({ "a.yaml": "a: 1 # ${b}\n${c}: d\n" }).keys()], ["c"]);
    });

    it("refuses a variable that the program does not produce, naming its place", () => {
        const [problem] = contractProblems({ "a.yaml": "x: ${domian}\n" }, []);
        assert.match(problem ?? "", /^gitops\/a\.yaml:1: \$\{domian\} is not produced/);
    });

    it("refuses a variable that nothing uses", () => {
        assert.match(contractProblems({ "a.yaml": "x: 1\n" }, ["domain"])[0] ?? "", /^ClusterVars\.domain/);
    });
});
