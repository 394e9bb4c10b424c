import * as assert from "node:assert/strict";
import { leftOutProblems } from "../../../../components/gitops/flux/left-out";

const kustomization = (...files: string[]) =>
    `configMapGenerator:\n  - name: logo\n    files:\n${files.map((file) => `      - ${file}\n`).join("")}`;

describe("what Flux leaves out of what it fetches", () => {
    it("is named where a kustomization.yaml needs it, with the line", () => {
        const tree = {
            "apps/kustomization.yaml": kustomization("a.txt", "logo=../img/logo.png", "cloudbuild.yaml"),
            "apps/a.txt": "",
            "apps/cloudbuild.yaml": "",
            "img/logo.png": "",
        };
        const fix =
            "give it another name or ending (https://fluxcd.io/flux/components/source/gitrepositories/#excluding-files)";
        assert.deepEqual(leftOutProblems(tree), [
            `gitops/apps/kustomization.yaml:5: names img/logo.png, which Flux leaves out of what it fetches; ${fix}`,
            `gitops/apps/kustomization.yaml:6: names apps/cloudbuild.yaml, which Flux leaves out of what it fetches; ${fix}`,
        ]);
    });

    it("may lie in the tree where nothing needs it, or where .sourceignore brings it back", () => {
        const tree = { "apps/kustomization.yaml": kustomization("a.txt"), "apps/a.txt": "", "docs/logo.png": "" };
        assert.deepEqual(leftOutProblems({ ...tree, ".sops.yaml": "" }), []);
        const needs = { "apps/kustomization.yaml": kustomization("logo.png"), "apps/logo.png": "" };
        assert.equal(leftOutProblems(needs).length, 1);
        assert.deepEqual(leftOutProblems({ ...needs, ".sourceignore": "# pictures\n!*.png\n" }), []);
    });
});
