import * as assert from "node:assert/strict";
import { secretVariableNames } from "../../components/gitops/flux/secret-vars";
import { substitute } from "../../tools/tree/substitute";
import { sampleVariables, serviceMeshes } from "../../tools/tree/variables";
import { clusterOf, committedTree, environments } from "../support/tree";
import { renderedWith } from "../support/tree-copy";

describe("Variables", () => {
    for (const environment of environments) {
        it(`are those that the program and Secret secret-vars provide, each of them used (${environment})`, async () => {
            const { clusters, sources } = await committedTree();
            const used = clusters.filter((cluster) => cluster.environment === environment);
            assert.deepEqual(
                [...new Set(used.flatMap(({ variables }) => [...variables]))].sort(),
                [...Object.keys(sampleVariables), ...secretVariableNames(sources.tree())].sort(),
            );
        });
    }

    it("choose the mesh, for every value that the setting may have", async () => {
        const { clusters } = await committedTree();
        const folders = clusters.map(({ mesh, layers }) => {
            return `${mesh} ${layers.find(({ name }) => name === "mesh")?.build.folder}`;
        });
        assert.deepEqual(
            [...new Set(folders)],
            serviceMeshes.map((mesh) => `${mesh} systems/${mesh}`),
        );
    });

    it("are found wherever a manifest uses one", async () => {
        const tree = await renderedWith([
            {
                file: "systems/podinfo/deployment.yaml",
                from: "containerPort: 9898",
                to: "containerPort: ${podinfo_port:=9898}",
            },
        ]);
        assert.ok(clusterOf(tree, "staging").variables.has("podinfo_port"));
    });
});

describe("Substitution", () => {
    const values = { name: "aks", empty: "" };

    for (const [text, expected] of [
        ["a-${name}-b", "a-aks-b"],
        ["${name}${name}", "aksaks"],
        ["${missing:=default}", "default"],
        ["${missing:-default}", "default"],
        ["${empty:=default}", "default"],
        ["${empty=default}", ""],
        ["${missing=default}", "default"],
        ["${name:=default}", "aks"],
        ["$${name}", "${name}"],
        ["$name $(name) 5$", "$name $(name) 5$"],
    ] as const) {
        it(`makes ${JSON.stringify(expected)} of ${text}`, () => {
            assert.equal(substitute(text, values).text, expected);
        });
    }

    it("names a variable without a value, and leaves it where it is", () => {
        const { text, missing } = substitute("${missing}", values);
        assert.equal(text, "${missing}");
        assert.deepEqual([...missing], ["missing"]);
    });

    it("names a string function rather than guess at it", () => {
        assert.deepEqual([...substitute("${name^^}", values).odd], ["${name^^}"]);
    });
});
