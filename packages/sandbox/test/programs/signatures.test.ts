import * as assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureToolchain } from "@landfall/toolchain";
import { parse } from "yaml";
import type { Chart } from "../../charts/chart";
import { generateCharts, publicRoutes } from "../../charts/charts";
import { loadOrCreateAuthority } from "../../network/authority";
import { freePort } from "../../network/free-port";
import { type Proxy, startProxy } from "../../network/proxy";
import { loadOrCreateTrustRoot } from "../../signatures/trust-root";
import { trustEnvironment, updateRoute } from "../../signatures/update-repository";
import { binary, TestApiServer } from "../../testing/api-server";

const systems = path.join(__dirname, "../../../../gitops/systems");
const signed = ["flagger", "external-secrets", "cloudnative-pg", "plugin-barman-cloud"];

interface Source {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly url: string; readonly verify?: object };
}

interface Condition {
    readonly type: string;
    readonly status: string;
    readonly message: string;
}

/** Flux's own source-controller with the tree's sources, and what the sandbox signs. */
describe("signatures of charts", function () {
    this.timeout(120_000);
    const server = new TestApiServer();
    let proxy: Proxy;
    let controller: ChildProcess;

    before(async () => {
        const { fluxDistribution, fluxOperatorSource } = await ensureToolchain({ only: [], log: () => undefined });
        const directory = server.directory;
        const trustRoot = await loadOrCreateTrustRoot(path.join(directory, "sigstore"));
        const others = await loadOrCreateTrustRoot(path.join(directory, "others"));
        const charts = await generateCharts(fluxOperatorSource);
        const authority = await loadOrCreateAuthority(directory);
        const copies = (name: string, change: object): Chart[] =>
            charts
                .filter((chart) => chart.name === "flagger")
                .map((chart) => ({ ...chart, ...change, published: [`oci://${name}.example/charts/flagger`] }));
        const routes = [
            ...(await publicRoutes(charts, { trustRoot })),
            ...(await publicRoutes(copies("unsigned", { signed: undefined }), { trustRoot })),
            ...(await publicRoutes(copies("others", {}), { trustRoot: others })),
            updateRoute(trustRoot),
        ];
        proxy = await startProxy({ authority, routes, report: console.error });
        await server.start();
        const kubeconfig = path.join(directory, "kubeconfig");
        fs.writeFileSync(kubeconfig, server.kubeconfig(), { mode: 0o600 });
        const [version] = fs.readdirSync(path.join(fluxDistribution, "flux")).sort(newestFirst);
        const file = path.join(fluxDistribution, "flux", version ?? "", "source-controller.yaml");
        kubectl("create", "namespace", "flux-system");
        kubectl("apply", "--server-side", "-f", file);
        controller = await startController(directory, kubeconfig, {
            ...{ HTTPS_PROXY: proxy.url, NO_PROXY: "127.0.0.0/8", SSL_CERT_FILE: authority.certificateFile },
            ...(await trustEnvironment(trustRoot, path.join(directory, "sigstore"))),
        });
    });

    after(async () => {
        controller?.kill("SIGKILL");
        await proxy?.close();
        server.stop();
    });

    function kubectl(...args: string[]): string {
        const options = { encoding: "utf8", env: { ...process.env, KUBECACHEDIR: server.directory } } as const;
        const file = path.join(server.directory, "kubeconfig");
        return execFileSync(binary("kubectl"), [...args, `--kubeconfig=${file}`], options);
    }

    const treeSource = (name: string) =>
        parse(fs.readFileSync(path.join(systems, name, "source.yaml"), "utf8")) as Source;

    /** What source-controller says of a source, as soon as it has looked at it. */
    async function conditions(source: Source): Promise<Record<string, Condition>> {
        const { name } = source.metadata;
        const file = path.join(server.directory, `${name}.json`);
        fs.writeFileSync(file, JSON.stringify(source));
        kubectl("apply", "-f", file);
        for (const until = Date.now() + 60_000; Date.now() < until; await sleep(500)) {
            const found = JSON.parse(kubectl("get", "ocirepository", "-n", "flux-system", name, "-o", "json")) as {
                status?: { conditions?: Condition[] };
            };
            const all = Object.fromEntries((found.status?.conditions ?? []).map((each) => [each.type, each]));
            if (all.Ready && all.Ready.status !== "Unknown") {
                return all;
            }
        }
        throw new Error(fs.readFileSync(path.join(server.directory, "source-controller.log"), "utf8").slice(-3000));
    }

    /** The source of flagger, with something else. */
    const changed = (name: string, spec: object): Source => {
        const source = treeSource("flagger");
        return { ...source, metadata: { ...source.metadata, name }, spec: { ...source.spec, ...spec } };
    };

    async function refused(source: Source, why: RegExp): Promise<void> {
        const { Ready, SourceVerified } = await conditions(source);
        assert.deepEqual([Ready?.status, SourceVerified?.status], ["False", "False"]);
        assert.match(SourceVerified?.message ?? "", why);
    }

    for (const name of signed) {
        it(`of ${name} are those that the tree asks for`, async () => {
            const source = treeSource(name);
            assert.ok(source.spec.verify, "the tree asks for one");
            const { Ready, SourceVerified } = await conditions(source);
            assert.deepEqual([Ready?.status, SourceVerified?.status], ["True", "True"], Ready?.message);
            assert.match(SourceVerified?.message ?? "", /verified signature of revision/);
        });
    }

    it("are missed where there is none", () =>
        refused(changed("unsigned", { url: "oci://unsigned.example/charts/flagger" }), /no signatures found/));

    it("of somebody else's are refused", () => {
        const { verify } = treeSource("external-secrets").spec;
        return refused(
            changed("otherwise", { verify }),
            /expected SAN value to match regex .*external-secrets.*, got .*flagger/,
        );
    });

    it("that another authority made for the same identity are refused", () =>
        refused(changed("others", { url: "oci://others.example/charts/flagger" }), /not enough verified log entries/));
});

function newestFirst(a: string, b: string): number {
    return b.localeCompare(a, "en", { numeric: true });
}

async function startController(directory: string, kubeconfig: string, environment: NodeJS.ProcessEnv) {
    const [metrics, health, storage] = await Promise.all([freePort(), freePort(), freePort()]);
    const log = fs.openSync(path.join(directory, "source-controller.log"), "w");
    const args = [
        `--metrics-addr=127.0.0.1:${metrics}`,
        `--health-addr=127.0.0.1:${health}`,
        `--storage-addr=127.0.0.1:${storage}`,
        `--storage-path=${fs.mkdtempSync(path.join(directory, "storage-"))}`,
        "--enable-leader-election=false",
        "--events-addr=",
    ];
    const env = { HOME: directory, TMPDIR: directory, RUNTIME_NAMESPACE: "flux-system", ...environment };
    return spawn(binary("source-controller"), args, {
        env: { ...env, KUBECONFIG: kubeconfig },
        stdio: ["ignore", log, log],
    });
}
