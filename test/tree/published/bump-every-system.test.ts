import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { bump } from "../../../tools/tree/bump";
import { type ChartPin, pinsOf } from "../../../tools/tree/published/pins";
import { renderTree } from "../../../tools/tree/render";
import { packagedChart } from "../../support/chart-package";
import { committedTree, treeRoot } from "../../support/tree";
import { chartsFolder } from "@landfall/facts";
import { type ChartWorld, startChartWorld } from "@landfall/sandbox/testing";

const newApp = "9998.0.0";
/** As the chart writes its versions. */
const newVersion = (pin: ChartPin) => `${pin.version.startsWith("v") ? "v" : ""}9999.0.0`;
const systemOf = ({ place }: ChartPin) => place.file.split("/")[1] ?? "";

/** Every chart of the tree has a newer version, served at its own address by registries of the test. */
describe("npm run tree -- bump of every system", function () {
    this.timeout(300_000);
    let folder: string;
    let world: ChartWorld;
    let pins: readonly ChartPin[];
    const environment = process.env;

    before(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "tree-bump-"));
        fs.cpSync(treeRoot, path.join(folder, "gitops"), { recursive: true });
        fs.cpSync(chartsFolder, path.join(folder, "packages/facts/charts"), { recursive: true });
        pins = pinsOf(await committedTree());
        world = await startChartWorld(folder);
        process.env = { ...environment, ...world.environment, LANDFALL_CACHE: path.join(folder, "cache") };
        await world.serve(
            pins.map((pin) => {
                const { name, source } = pin;
                const version = newVersion(pin);
                const metadata = { apiVersion: "v2", name, version, appVersion: newApp };
                const files = { "Chart.yaml": stringify(metadata), "values.yaml": "of: the new version\n" };
                return { archive: packagedChart({ name, version, files }), published: [source] };
            }),
        );
    });
    after(async () => {
        process.env = environment;
        await world.close();
        fs.rmSync(folder, { recursive: true });
    });

    it("changes each pin, and leaves the old version nowhere", async () => {
        const systems = [...new Set(pins.map(systemOf))];
        assert.ok(systems.length > 20, systems.join());
        for (const system of systems) {
            // Helm does not list versions with a v.
            const [named] = pins.filter((pin) => systemOf(pin) === system && pin.version.startsWith("v"));
            await bump({ repository: folder, pins, system, version: named && newVersion(named) });
        }
        const now = pinsOf(await renderTree(path.join(folder, "gitops")));
        assert.deepEqual(
            now.map(({ name, source, version }) => [source, name, version]).sort(),
            pins.map((pin) => [pin.source, pin.name, newVersion(pin)]).sort(),
        );
        assert.deepEqual(pins.flatMap(leftOf), []);
    });

    it("asks for a version where Helm does not list any", async () => {
        const asked = bump({ repository: folder, pins, system: "cert-manager" });
        await assert.rejects(
            asked,
            /cert-manager\/source\.yaml:10: .*lists no tags that begin with v[^]*name one, such as/,
        );
    });

    /** Lines of the system with the old version of chart or application, and of the facts with the chart's. */
    function leftOf(pin: ChartPin): string[] {
        const facts = `packages/facts/charts/${pin.name}`;
        const before = fs.readFileSync(path.join(chartsFolder, pin.name, "chart.yaml"), "utf8");
        const [, app = pin.version] = /^appVersion: "?([^"\n]+)"?$/m.exec(before) ?? [];
        return [
            ...filesBelow(`gitops/systems/${systemOf(pin)}`).flatMap((file) => linesOf(file, pin.version, app)),
            // `source` says where the schemas are from, which a bump leaves as they are.
            ...linesOf(`${facts}/chart.yaml`, pin.version).filter((line) => !line.includes("ref: ")),
            ...linesOf(`${facts}/values.yaml`, pin.version),
        ];
    }

    function linesOf(file: string, ...versions: string[]): string[] {
        const numbers = versions.map((version) => version.replace(/^v/, "").replaceAll(".", "\\.")).join("|");
        const old = new RegExp(`(^|[^0-9.])v?(${numbers})([^0-9.]|$)`);
        const full = path.join(folder, file);
        const lines = fs.existsSync(full) ? fs.readFileSync(full, "utf8").split("\n") : [];
        return lines.flatMap((line, index) => (old.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : []));
    }

    function filesBelow(directory: string): string[] {
        return fs
            .readdirSync(path.join(folder, directory), { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".yaml"))
            .map((file) => `${directory}/${file}`);
    }
});
