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

    it("refuses a variable that the program does not produce, naming its place", () => {
        const [problem] = contractProblems({ "a.yaml": "x: ${domian}\n" }, []);
        assert.match(problem ?? "", /^gitops\/a\.yaml:1: \$\{domian\} is not produced/);
    });

    it("refuses a variable that nothing uses", () => {
        assert.match(contractProblems({ "a.yaml": "x: 1\n" }, ["domain"])[0] ?? "", /^ClusterVars\.domain/);
    });
});
