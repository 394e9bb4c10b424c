import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { ChartShelf } from "../../../tools/tree/published/shelf";
import { writeFacts } from "../../../tools/tree/published/write-facts";
import { renderTree } from "../../../tools/tree/render";
import { inPlaceOfTraefik, shelfWith, traefikPods } from "../../support/published-charts";
import { treeRoot } from "../../support/tree";
import { chartsFolder, factsIn, readRendered, type RenderedFacts } from "@landfall/facts";

describe("npm run tree -- charts facts", () => {
    let folder: string;
    let shelf: ChartShelf;

    before(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "tree-facts-"));
        shelf = shelfWith([chart]);
    });
    after(() => fs.rmSync(folder, { recursive: true }));

    const traefik = inPlaceOfTraefik(traefikPods());
    const onlyInStaging = "{{ if lt (int .Values.deployment.replicas) 3 }}\nkind: ConfigMap\napiVersion: v1\n";
    const chart = {
        ...traefik,
        files: {
            ...traefik.files,
            "values.yaml": "deployment: { replicas: 1 }\n",
            "templates/other.yaml": `${onlyInStaging}metadata: { name: small }\ndata: { key: text }\n{{ end }}`,
            "templates/service.yaml":
                "kind: Service\napiVersion: v1\nmetadata: { name: traefik }\nspec: { type: LoadBalancer, ports: [{ port: {{ .Values.deployment.replicas }} }] }\n",
        },
    };
    const file = () => path.join(folder, "traefik/rendered/traefik.json");
    const read = (): RenderedFacts => {
        const [facts] = readRendered(path.join(folder, "traefik"), { name: "traefik", version: "41.3.0" }, "traefik");
        assert.ok(facts);
        return facts;
    };
    const named = (facts: RenderedFacts, environment: string) =>
        factsIn(facts, environment)
            .map(({ kind, name }) => `${kind}/${name}`)
            .sort();

    it("writes what the published chart makes in each environment, and leaves other charts alone", async () => {
        const tree = await renderTree(treeRoot, { shelf });
        assert.deepEqual(await writeFacts(tree, folder), [file()]);
        const facts = read();
        assert.equal(facts.namespace, "traefik");
        assert.match(facts.source, /^oci:\/\/ghcr\.io\/traefik\/helm\/traefik@sha256:[0-9a-f]{64}$/);
        assert.deepEqual(named(facts, "staging"), ["ConfigMap/small", "Deployment/traefik", "Service/traefik"]);
        assert.deepEqual(named(facts, "production"), ["Deployment/traefik", "Service/traefik"]);
        const ports = (environment: string) =>
            factsIn(facts, environment).find(({ kind }) => kind === "Service")?.ports;
        assert.notDeepEqual(ports("staging"), ports("production"));
        assert.equal(facts.production?.objects.length, 1);
        // One object a line, none of whose texts is kept.
        assert.match(fs.readFileSync(file(), "utf8"), /^ {8}\{"kind": "ConfigMap", .*"keys": \["key"\]\}/m);
        assert.doesNotMatch(fs.readFileSync(file(), "utf8"), /"text"/);
    });

    it("names only files that it changed", async () => {
        const tree = await renderTree(treeRoot, { shelf });
        assert.deepEqual(await writeFacts(tree, folder), []);
    });

    it("writes the files in the form that they have", () => {
        const committed = fs.readFileSync(path.join(chartsFolder, "memcached/rendered/memcached.json"), "utf8");
        const [, line = ""] = /^ {8}(\{"kind": "Deployment".*\}),?$/m.exec(committed) ?? [];
        assert.ok(line.startsWith('{"kind": "Deployment", "apiVersion": "apps/v1", "name": "memcached"'));
        const [, own = ""] = /^ {8}(\{"kind": "Deployment".*\}),?$/m.exec(fs.readFileSync(file(), "utf8")) ?? [];
        assert.ok(own.startsWith('{"kind": "Deployment", "apiVersion": "apps/v1", "name": "traefik"'), own);
    });

    it("wants a published chart, and says what Helm says of one that does not render", async () => {
        await assert.rejects(
            writeFacts(await renderTree(treeRoot), folder),
            /^Error: no published chart is at hand: first npm run tree -- charts pull$/,
        );
        const broken = { ...chart, files: { "templates/broken.yaml": '{{ fail "needs a value" }}' } };
        const tree = await renderTree(treeRoot, { shelf: shelfWith([broken]) });
        await assert.rejects(writeFacts(tree, folder), /Helm does not render traefik: .*needs a value/s);
    });
});
