import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    ENVIRONMENTS,
    FLUX_VARIABLES,
    renderTree,
    SAMPLE_VARIABLES,
    substitute,
    TREE_ROOT,
    treeOf,
} from "../support/tree";

describe("Variables", () => {
    for (const environment of ENVIRONMENTS) {
        it(`are those that the program provides, each of them used (${environment})`, () => {
            assert.deepEqual([...treeOf(environment).variables].sort(), [...FLUX_VARIABLES].sort());
        });
    }

    it("stop the rendering when the program does not provide one, with its name and the folder", () => {
        const values: Record<string, string> = { ...SAMPLE_VARIABLES };
        delete values.domain;
        assert.throws(
            () => renderTree(TREE_ROOT, "staging", values),
            /^Error: \.\/apps\/staging: variable domain has no value/,
        );
    });

    it("are found wherever a manifest uses one", () => {
        const copy = mkdtempSync(join(tmpdir(), "tree-"));
        try {
            cpSync(TREE_ROOT, copy, { recursive: true });
            const path = join(copy, "apps/base/podinfo/service.yaml");
            writeFileSync(path, readFileSync(path, "utf8").replace("port: 9898", "port: ${podinfo_port:=80}"));
            assert.ok(renderTree(copy, "staging", SAMPLE_VARIABLES).variables.has("podinfo_port"));
        } finally {
            rmSync(copy, { recursive: true });
        }
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
            assert.equal(substitute(text, values), expected);
        });
    }

    it("refuses a variable without a value", () => {
        assert.throws(() => substitute("${missing}", values), /variable missing has no value/);
    });

    it("refuses a string function rather than guess at it", () => {
        assert.throws(() => substitute("${name^^}", values), /\$\{name\^\^\} is not a plain variable/);
    });
});
