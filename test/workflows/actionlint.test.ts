import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "../..");
const folders = [".", "examples/team-helm", "examples/team-kustomize"].map((repository) =>
    path.join(root, repository, ".github/workflows"),
);

describe("the workflows", () => {
    it("pass actionlint", () => {
        const files = folders.flatMap((folder) => fs.readdirSync(folder).map((file) => path.join(folder, file)));
        const actionlint = path.join(process.env.LANDFALL_BINARIES ?? "", "actionlint");
        const run = spawnSync(actionlint, ["-shellcheck=", "-pyflakes=", ...files], { encoding: "utf8" });
        assert.equal(run.status, 0, run.error?.message ?? run.stdout + run.stderr);
    });
});
