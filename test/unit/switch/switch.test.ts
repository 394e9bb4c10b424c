import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import type { FluxObject } from "../../../components/gitops/readiness/flux-object";
import type { Engine } from "../../../tools/rebuild/engine";
import { JournalFile } from "../../../tools/rebuild/journal";
import { RebuildError } from "../../../tools/rebuild/rebuild-error";
import { readPair } from "../../../tools/switch/active-cluster";
import { switchCluster, type SwitchOptions } from "../../../tools/switch/switch";
import { failing, fluxObject, fluxStatus } from "../../support/flux-objects";

const commit = "0123456789abcdef0123456789abcdef01234567";
const stackFile = "Pulumi.staging.yaml";
const settings = "config:\n  landfall:clusters: [blue, green]\n";

describe("switchCluster", () => {
    let folder: string;
    let blue: Side;
    let green: Side;
    let updates: (() => void)[];
    let said: string[];
    const print = console.log;

    beforeEach(async () => {
        said = [];
        console.log = (line: string) => said.push(line);
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-switch-"));
        fs.writeFileSync(path.join(folder, stackFile), settings);
        blue = await Side.start();
        green = await Side.start();
        blue.database = {};
        updates = [];
    });

    afterEach(async () => {
        console.log = print;
        await Promise.all([blue.stop(), green.stop()]);
        fs.rmSync(folder, { recursive: true });
    });

    const journal: () => SwitchOptions["journal"] = () => new JournalFile(folder, "staging", "switch");
    const active = () => readPair(folder, "staging", "green").active;

    /** As a command does it, without a terminal: whoever is asked refuses. */
    async function switchTo(to: string, yes = false) {
        const clusters = { blue: { kubeconfig: blue.kubeconfig() }, green: { kubeconfig: green.kubeconfig() } };
        const engine = {
            place: { stack: "staging" },
            state: () => Promise.resolve({ deployment: {} }),
            output: () => Promise.resolve(JSON.stringify({ clusters })),
            check: () => undefined,
            follow: () => Promise.resolve(updates.shift()?.()),
        };
        return switchCluster({
            engine: engine as unknown as Engine,
            pair: readPair(folder, "staging", to),
            stackFiles: [folder],
            journal: journal(),
            yes,
            planOnly: false,
        });
    }

    const cutOff = () => {
        throw new RebuildError("pulumi up failed (1)");
    };

    it("is refused when the cluster that stands by is not Ready, names what is not, and changes nothing", async () => {
        const conditions = [failing("InstallFailed", "no such chart")];
        green.objects = fluxStatus(commit, fluxObject("HelmRelease", "traefik", commit, { status: { conditions } }));
        await assert.rejects(
            () => switchTo("green", true),
            /Refused, and nothing was changed: cluster green is not Ready: HelmRelease flux-system\/traefik: no such chart/,
        );
        assert.deepEqual([...blue.changes, ...green.changes], []);
        assert.equal(fs.readFileSync(path.join(folder, stackFile), "utf8"), settings);
        assert.equal(journal().read(), undefined);
    });

    it("is refused while PostgreSQL runs in both, and changes nothing", async () => {
        green.database = {};
        await assert.rejects(() => switchTo("green", true), /Refused.*PostgreSQL runs in blue and in green/);
        assert.deepEqual([...blue.changes, ...green.changes], []);
    });

    it("goes on after its update was cut off: asks nobody, and backs up nothing a second time", async () => {
        updates = [cutOff];
        await assert.rejects(
            () => switchTo("green", true),
            /pulumi up failed \(1\)\nThe same command goes on where this one ended; --to blue goes back\./,
        );
        assert.deepEqual(blue.changes, ["backup", "hibernation on"]);
        assert.equal(active(), "green");
        // Flux follows what it was told half-way.
        green.objects = fluxStatus(commit, fluxObject("Kustomization", "databases", commit, unready));
        const report = await switchTo("green");
        assert.match(said.at(-1) ?? "", /^Goes on with the switch of stack staging to green that was begun at /);
        assert.deepEqual(blue.changes, ["backup", "hibernation on"]);
        assert.deepEqual([report?.from, report?.to, report?.attempts], ["blue", "green", 2]);
        assert.equal(journal().read(), undefined);
    });

    it("goes on after the database could not be ended: with another backup, since it wrote meanwhile", async () => {
        blue.refusesChanges = true;
        await assert.rejects(() => switchTo("green", true), /goes on where this one ended/);
        assert.equal(active(), "blue");
        blue.refusesChanges = false;
        await switchTo("green");
        assert.deepEqual(blue.changes, ["backup", "backup", "hibernation on"]);
        assert.equal(active(), "green");
    });

    it("asks again when it goes back half-way, since that is another switch", async () => {
        updates = [cutOff];
        await assert.rejects(() => switchTo("green", true), RebuildError);
        await assert.rejects(() => switchTo("blue"), /add --yes/);
        assert.equal(active(), "green");
    });
});

const unready = { status: { conditions: [failing("Progressing", "waits")] } };

interface DatabaseObject {
    metadata?: { annotations?: Record<string, string> };
}

/** What a switch asks of a cluster, by plain HTTP: Flux's objects, the database, its backups, Services. */
class Side {
    objects: readonly FluxObject[] = fluxStatus(commit);
    /** @default - there is none */
    database: DatabaseObject | undefined;
    refusesChanges = false;
    /** What was changed, in order. */
    readonly changes: string[] = [];
    private readonly server = createServer((request, response) => void this.answer(request, response));

    static async start(): Promise<Side> {
        const side = new Side();
        await new Promise<void>((resolve) => side.server.listen(0, "127.0.0.1", resolve));
        return side;
    }

    stop(): Promise<void> {
        this.server.closeAllConnections();
        return new Promise((resolve) => this.server.close(() => resolve()));
    }

    kubeconfig(): string {
        const server = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
        return JSON.stringify({
            clusters: [{ name: "test", cluster: { server, "insecure-skip-tls-verify": true } }],
            users: [{ name: "test", user: { token: "t0ken" } }],
            contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
            "current-context": "test",
        });
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const body = (await request.toArray()).join("");
        const given = this.resource(request.method ?? "", (request.url ?? "").split("?")[0] ?? "", body);
        response.writeHead(given ? 200 : 404, { "content-type": "application/json" });
        response.end(JSON.stringify(given ?? { message: "not found" }));
    }

    /** Undefined for what is not there, or refused. */
    private resource(method: string, url: string, body: string): unknown {
        if (url.endsWith("/clusters/postgresql")) {
            return method === "PATCH"
                ? this.annotate(body)
                : this.database && { metadata: {}, spec: {}, ...this.database };
        }
        if (url.includes("/backups")) {
            if (method === "POST") {
                this.changes.push("backup");
            }
            return { status: { phase: "completed" } };
        }
        const plural = url.split("/").at(-1);
        return {
            items: this.objects
                .filter(({ kind }) => `${kind.toLowerCase()}s`.replace(/ys$/, "ies") === plural)
                .map(({ kind: _, ...item }) => item),
        };
    }

    private annotate(body: string): unknown {
        if (this.refusesChanges) {
            return undefined;
        }
        const { metadata } = JSON.parse(body) as { metadata: { annotations: Record<string, string> } };
        const value = metadata.annotations["cnpg.io/hibernation"] ?? "";
        this.changes.push(`hibernation ${value}`);
        const conditions = [{ type: "cnpg.io/hibernation", status: value === "on" ? "True" : "False" }];
        this.database = { metadata, ...{ status: { conditions } } };
        return this.database;
    }
}
