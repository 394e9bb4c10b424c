import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { readTree } from "../../tools/status/read/tree";
import { readReadme, withFigures } from "../pictures/figures";
import { pictures } from "../pictures/pictures";
import { picturesFolder, readRecording } from "../pictures/recording";

const gitops = path.join(__dirname, "../../gitops");

describe("the pictures and the figures of the README", () => {
    const recording = readRecording();

    for (const [name, picture] of Object.entries(pictures(recording))) {
        it(`${name} shows the recorded start`, () => {
            assert.equal(fs.readFileSync(path.join(picturesFolder, name), "utf8"), picture);
            assert.ok(readReadme().includes(`docs/pictures/${name}`));
        });
    }

    it("are those of the recorded start", async () => {
        assert.equal(await withFigures(readReadme(), recording), readReadme());
    });

    it("show the layers of the tree, none Ready before one that it waits for; otherwise: npm run pictures", () => {
        const names = (layers: readonly { name: string }[]) => layers.map(({ name }) => name).sort();
        assert.deepEqual(names(recording.layers), names(readTree(gitops, "staging").layers));
        const ready = new Map(recording.layers.map((layer) => [layer.name, layer.ready]));
        const early = recording.layers.filter((layer) =>
            layer.after.some((one) => (ready.get(one) ?? 0) > layer.ready),
        );
        assert.deepEqual(early, []);
    });
});
