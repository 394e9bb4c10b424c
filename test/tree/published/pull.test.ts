import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { chartCache, digestOf } from "../../../tools/tree/published/cache";
import { readLock } from "../../../tools/tree/published/lock";
import type { ChartPin } from "../../../tools/tree/published/pins";
import { pullCharts, type Pulled } from "../../../tools/tree/published/pull";
import { packagedChart } from "../../support/chart-package";
import { type ChartWorld, startChartWorld } from "@landfall/sandbox/testing";

const place = { file: "systems/web/source.yaml", line: 10 };
const registry: ChartPin = { name: "web", version: "1.2.3", source: "oci://charts.example.org/team/web", place };
const repository: ChartPin = { name: "proxy", version: "v2.0.0", source: "https://charts.example.net/stable", place };

const chart = ({ name, version }: ChartPin, text: string) =>
    packagedChart({ name, version, files: { "templates/map.yaml": `# ${text}\n` } });

describe("npm run tree -- charts pull", () => {
    let folder: string;
    let world: ChartWorld;
    let web: Buffer;
    let otherWeb: Buffer;
    let proxy: Buffer;
    const environment = process.env;

    before(async () => {
        [web, otherWeb, proxy] = [chart(registry, "web"), chart(registry, "changed"), chart(repository, "proxy")];
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "tree-pull-"));
        world = await startChartWorld(folder);
        process.env = { ...environment, ...world.environment, LANDFALL_CACHE: path.join(folder, "cache") };
    });
    after(async () => {
        process.env = environment;
        await world.close();
        fs.rmSync(folder, { recursive: true });
    });
    beforeEach(async () => {
        fs.rmSync(chartCache(), { recursive: true, force: true });
        fs.rmSync(lockFile(), { force: true });
        await world.serve(served());
    });

    const served = () => [
        { archive: web, published: [registry.source] },
        { archive: proxy, published: [repository.source] },
    ];
    const lockFile = () => path.join(folder, "charts.lock.json");
    const pull = (
        pins: readonly ChartPin[] = [registry, repository],
        { update = [], locked = false }: { readonly update?: readonly string[]; readonly locked?: boolean } = {},
    ) => pullCharts({ pins, lockFile: lockFile(), cache: chartCache(), update, locked });
    const digests = () => Object.fromEntries([...readLock(lockFile()).values()].map((one) => [one.name, one.digest]));
    const cached = () => (fs.existsSync(chartCache()) ? fs.readdirSync(chartCache()).sort() : []);
    const fileOf = (archive: Buffer) => `${digestOf(archive).slice("sha256:".length)}.tgz`;

    it("brings charts of registries and of repositories into the cache, byte for byte", async () => {
        const { lines, problems } = await pull();
        assert.deepEqual(problems, []);
        assert.deepEqual(cached(), [fileOf(web), fileOf(proxy)].sort());
        assert.deepEqual(
            fs.readFileSync(path.join(chartCache(), fileOf(web))).compare(web),
            0,
            "the archive is another one",
        );
        assert.deepEqual(digests(), { web: digestOf(web), proxy: digestOf(proxy) });
        assert.match(lines.join("\n"), new RegExp(`^new +web 1\\.2\\.3 ${digestOf(web)}$`, "m"));
    });

    it("writes the first lock, says so, and wants every chart in it from then on if it is asked to", async () => {
        const first = await pull([registry], { locked: true });
        assert.deepEqual(first.problems, []);
        assert.match(first.lines.join("\n"), /^charts\.lock\.json was empty and has 1 charts now: .*commit it$/m);
        const again = await pull([registry], { locked: true });
        assert.deepEqual(again, { lines: ["there    web 1.2.3"], problems: [] });

        const { lines, problems } = await pull([repository], { locked: true });
        assert.deepEqual(lines, []);
        assert.equal(problems.length, 2);
        assert.match(
            problems.join("\n"),
            /chart proxy v2\.0\.0 .*charts\.lock\.json does not have it\n.*charts pull, and commit/s,
        );
        assert.match(problems.join("\n"), /^charts\.lock\.json has web 1\.2\.3, which the tree does not install$/m);
        assert.deepEqual(digests(), { web: digestOf(web) });
    });

    it("does not ask again for what the cache has", async () => {
        await pull();
        world.refuse("charts.example.org", 403);
        world.refuse("charts.example.net", 403);
        const { lines, problems } = await pull();
        assert.deepEqual(problems, []);
        assert.match(lines.join("\n"), /^there +web 1\.2\.3$/m);
    });

    it("takes what the lock has from the registry, when the cache has lost it", async () => {
        await pull();
        fs.rmSync(chartCache(), { recursive: true });
        const { lines } = await pull();
        assert.match(lines.join("\n"), /^pulled +web 1\.2\.3 sha256:/m);
        assert.deepEqual(cached(), [fileOf(web), fileOf(proxy)].sort());
    });

    it("refuses another digest for the same version, keeps it out of the cache, and names the way to accept it", async () => {
        await pull();
        fs.rmSync(chartCache(), { recursive: true });
        await world.serve([{ archive: otherWeb, published: [registry.source] }, ...served().slice(1)]);
        const { problems } = await pull();
        assert.equal(problems.length, 1);
        assert.match(
            problems[0] ?? "",
            new RegExp(
                `^gitops/systems/web/source\\.yaml:10: chart web 1\\.2\\.3 of oci://charts\\.example\\.org/team/web: ` +
                    `the registry has ${digestOf(otherWeb)}, and charts\\.lock\\.json has ${digestOf(web)}\n` +
                    ` {4}.*npm run tree -- charts pull --update web$`,
            ),
        );
        assert.deepEqual(digests().web, digestOf(web));
        assert.deepEqual(cached(), [fileOf(proxy)]);

        const { lines } = await pull(undefined, { update: ["web"] });
        assert.match(lines.join("\n"), /^changed +web 1\.2\.3 sha256:\w+ \(was sha256:\w+\)$/m);
        assert.deepEqual(digests().web, digestOf(otherWeb));
    });

    const refusals: readonly [host: string, status: number, message: RegExp][] = [
        ["charts.example.org", 401, /the registry refuses: .*\n {4}log in with an account/],
        ["charts.example.org", 403, /the registry refuses: .*\n {4}log in with an account/],
        ["charts.example.org", 404, /the registry does not have it: .*\n {4}look whether it has moved/],
        ["charts.example.net", 401, /the registry refuses: .*\n {4}log in with an account/],
        ["charts.example.net", 404, /the registry does not have it: .*\n {4}look whether it has moved/],
        ["charts.example.net", 429, /too many requests from here: .*\n {4}wait for as long/],
    ];
    for (const [host, status, message] of refusals) {
        it(`names chart, source, line and advice when ${host} answers ${status}, and pulls the others`, async () => {
            world.refuse(host, status);
            const result = await pull();
            const [pin, other] = host.endsWith(".org") ? [registry, repository] : [repository, registry];
            assertRefusal(result, pin, message);
            assert.deepEqual(Object.keys(digests()), [other.name]);
        });
    }

    it("says that a version is gone", async () => {
        await world.serve([{ archive: proxy, published: [repository.source] }]);
        assertRefusal(
            await pull([{ ...repository, version: "v3.0.0" }]),
            { ...repository, version: "v3.0.0" },
            /does not have it/,
        );
    });

    it("says that a registry cannot be reached", async () => {
        process.env.HTTPS_PROXY = "http://127.0.0.1:9";
        try {
            assertRefusal(
                await pull([registry]),
                registry,
                /the registry cannot be reached: .*\n {4}look at the network/,
            );
        } finally {
            process.env.HTTPS_PROXY = world.environment.HTTPS_PROXY;
        }
    });

    it("takes a chart of another version for a new one, and the old one out of the lock", async () => {
        await pull();
        const next = { ...registry, version: "1.3.0" };
        await world.serve([{ archive: chart(next, "web"), published: [registry.source] }]);
        const { lines, problems } = await pull([next]);
        assert.deepEqual(problems, []);
        assert.match(lines.join("\n"), /^new +web 1\.3\.0 /m);
        assert.match(lines.join("\n"), /^gone +web 1\.2\.3: the tree does not install it any more$/m);
        assert.deepEqual(
            [...readLock(lockFile()).values()].map(({ version }) => version),
            ["1.3.0"],
        );
    });

    it("does not take a damaged archive of the cache, nor a damaged lock", async () => {
        await pull([registry]);
        fs.appendFileSync(path.join(chartCache(), fileOf(web)), "x");
        const { problems } = await pull([registry]);
        assert.match(
            problems.join("\n"),
            /\.tgz has the digest sha256:\w+: remove it, then: npm run tree -- charts pull$/,
        );
        fs.writeFileSync(lockFile(), '{"charts":[{"name":"web"}]}');
        await assert.rejects(pull([registry]), /charts\.lock\.json is not a lock of charts: .*version/s);
    });

    it("refuses to update a chart that the tree does not install", async () => {
        await assert.rejects(pull(undefined, { update: ["weeb"] }), /--update weeb: .*did you mean web\?/);
    });

    function assertRefusal({ problems }: Pulled, pin: ChartPin, message: RegExp): void {
        assert.equal(problems.length, 1, problems.join("\n"));
        assert.match(problems[0] ?? "", message);
        const head = `gitops/systems/web/source.yaml:10: chart ${pin.name} ${pin.version} of ${pin.source}: `;
        assert.equal(problems[0]?.slice(0, head.length), head);
    }
});
