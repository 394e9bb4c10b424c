import * as assert from "node:assert/strict";
import { layersAsTable, mermaid } from "../../tools/tree/graph";
import { layersPage, readLayersPage } from "../../tools/tree/layers-page";
import { committedTree } from "../support/tree";
import { renderedWith } from "../support/tree-copy";

describe("docs/layers.md", () => {
    it("is what npm run docs makes of the tree", async () => {
        assert.equal(await layersPage(readLayersPage(), await committedTree()), readLayersPage());
    });

    it("refuses a page without its markers", async () => {
        await assert.rejects(
            layersPage("# Layers\n", await committedTree()),
            /docs\/layers\.md needs the lines <!-- layers/,
        );
    });
});

describe("npm run tree -- graph", () => {
    it("draws each layer with its systems, an arrow from each that it waits for, and both meshes", async () => {
        const picture = mermaid(await committedTree());
        assert.match(picture, /^graph TD\n/);
        assert.match(picture, /^ {4}infra\["<b>infra<\/b><br\/>[^"]*cert-manager[^"]*traefik[^"]*"\]$/m);
        assert.match(picture, /^ {4}crds --> infra$/m);
        assert.match(
            picture,
            /mesh\["<b>mesh<\/b><br\/>istio: [^"]*istiod[^"]*<br\/>linkerd: [^"]*linkerd-control-plane/,
        );
    });

    it("follows the tree", async () => {
        const tree = await renderedWith([
            { file: "layers/infra/kustomization.yaml", from: "  - ../../systems/traefik\n", to: "" },
            { file: "clusters/base/infra.yaml", from: "    - name: crds\n", to: "" },
        ]);
        assert.doesNotMatch(mermaid(tree), /crds --> infra$/m);
        assert.match(layersAsTable(tree), /\| \(not listed\) .*traefik/);
    });
});
