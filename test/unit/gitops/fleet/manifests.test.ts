import * as assert from "node:assert/strict";
import { manifestsIn, objectsOf, syntaxProblems } from "../../../../components/gitops/fleet/manifests";

describe("the YAML of a tree", () => {
    it("is reported with file, line and column where it is broken", () => {
        const [problem] = syntaxProblems({ "apps/x.yaml": "a: 1\nb: [1, 2\nc: 3\n" });
        assert.match(problem ?? "", /^gitops\/apps\/x\.yaml:\d+:\d+: /);
    });

    it("has an anchor for each alias in the same document, or the alias is named", () => {
        const text = "kind: A\napiVersion: v1\ndata: &d\n  a: b\n---\nkind: B\napiVersion: v1\ndata: *d\n";
        assert.deepEqual(syntaxProblems({ "apps/x.yaml": text }), [
            "gitops/apps/x.yaml:8:7: the document has no anchor &d before this alias",
        ]);
        assert.deepEqual(syntaxProblems({ "apps/x.yaml": "a: &d { b: c }\ne: *d\n" }), []);
        const kinds = [...objectsOf({ "apps/x.yaml": text })].map(({ object }) => object.kind);
        assert.deepEqual(kinds, ["A"], "what can be read is, and nothing ends in an exception");
    });

    it("does not grow without bound", () => {
        const levels = Array.from({ length: 12 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}]`);
        const [problem] = syntaxProblems({ "bomb.yaml": `l0: &l0 x\n${levels.join("\n")}\n` });
        assert.match(problem ?? "", /^gitops\/bomb\.yaml: Excessive alias count/);
    });

    it("is not that of a chart, which Helm reads", () => {
        const tree = {
            "apps/app/chart/Chart.yaml": "apiVersion: v2\nname: app\n",
            "apps/app/chart/values.yaml": "a: ${not_of_flux}\n",
            "apps/app/chart/templates/cm.yaml": "{{- if .Values.enabled }}\nkind: ConfigMap\n{{- end }}\n",
            "apps/app/release.yaml": "a: 1\n",
        };
        assert.deepEqual(syntaxProblems(tree), []);
        assert.deepEqual(manifestsIn(Object.keys(tree)), ["apps/app/release.yaml"]);
    });
});
