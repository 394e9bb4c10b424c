import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { withEdits } from "../support/tree-copy";

const root = path.join(__dirname, "../..");

function tree(...args: string[]): { status: number | null; output: string } {
    const command = ["--require", require.resolve("tsx/cjs"), "tools/tree/cli.ts", ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });
    return { status, output: stdout + stderr };
}

describe("npm run tree", function () {
    this.timeout(60_000);

    it("check names each file, line, fault and fix, and fails", async () => {
        const edits = [
            { file: "systems/traefik/release.yaml", from: "releaseName: traefik", to: "releaseName: proxy" },
        ];
        const { status, output } = await withEdits(edits, (copy) => Promise.resolve(tree("check", copy)));
        assert.equal(status, 1);
        assert.match(
            output,
            /^gitops\/systems\/traefik\/release\.yaml:10: HelmRelease flux-system\/traefik sets spec\.releaseName to "proxy" \[releases\]\n {4}write releaseName: traefik, /m,
        );
        assert.match(output, /^Findings: \d+, in files: \d+\.$/m);
    });

    it("check refuses a folder that is not a tree", () => {
        const { status, output } = tree("check", "docs");
        assert.equal(status, 1);
        assert.match(output, /docs is not a tree: it has no folder clusters; name a copy of gitops\/$/m);
    });

    it("diff names the stacks that there are, for one that is not", () => {
        const { status, output } = tree("diff", "--stack", "stagin");
        assert.equal(status, 1);
        assert.match(output, /^--stack stagin: there is no Pulumi\.stagin\.yaml; did you mean staging\?$/m);
    });

    it("says how it is used, for a command that it does not know", () => {
        const { status, output } = tree("draw");
        assert.equal(status, 2);
        assert.match(output, /^Usage: npm run tree -- COMMAND/m);
    });
});
