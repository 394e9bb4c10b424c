import * as assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import type { App } from "../../../github/apps";
import { createGitHubProvider } from "../../../plugins/github/provider";
import { GitHubFixture } from "../../support/github";

const pem = {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
};
const newKey = () => generateKeyPairSync("rsa", { modulusLength: 2048, ...pem } as never) as unknown as Key;

interface Key {
    readonly privateKey: string;
    readonly publicKey: string;
}

const now = () => Math.floor(Date.now() / 1000);

describe("GitHub Apps", () => {
    const key = newKey();
    const apps: readonly App[] = [
        {
            id: "7",
            publicKey: key.publicKey,
            installation: { id: "70", permissions: { contents: "read" }, repositories: ["fleet"] },
        },
        {
            id: "8",
            publicKey: key.publicKey,
            installation: { id: "80", permissions: { contents: "write", administration: "write" } },
        },
    ];
    const hub = new GitHubFixture(apps);

    before(async () => {
        await hub.start();
        await hub.makeFleet();
        await hub.expectOk("POST", "/orgs/acme/repos", { name: "other", private: true });
    });

    after(() => hub.stop());

    function signed(claims: object = {}, { header = {}, privateKey = key.privateKey } = {}): string {
        const parts = [
            { alg: "RS256", typ: "JWT", ...header },
            { iss: "7", iat: now() - 60, exp: now() + 540, ...claims },
        ];
        const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
        return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
    }

    const issue = (token = signed(), id = "70", options: object | null = {}) =>
        hub.call("POST", `/app/installations/${id}/access_tokens`, options, token);
    const installed = async () => String((await issue()).body.token);

    for (const [title, token, status, message] of [
        ["another key", () => signed({}, { privateKey: newKey().privateKey }), 401, /could not be decoded/],
        ["another algorithm", () => signed({}, { header: { alg: "HS256" } }), 401, /could not be decoded/],
        ["an App that nobody made", () => signed({ iss: "9" }), 404, /^Integration not found$/],
        ["an issue in the future", () => signed({ iat: now() + 60 }), 401, /'Issued at' claim \('iat'\)/],
        ["an end that has passed", () => signed({ exp: now() - 1 }), 401, /'Expiration time' claim \('exp'\) must be/],
        ["an end that is far", () => signed({ exp: now() + 700 }), 401, /'exp'\) is too far in the future/],
        ["no token of an App", () => "right", 401, /could not be decoded/],
    ] as const) {
        it(`are refused with ${title}`, async () => {
            const answer = await issue(token());
            assert.equal(answer.status, status);
            assert.match(String(answer.body.message), message);
        });
    }

    it("get a token of their installation for an hour, with its permissions, and of no other", async () => {
        const { status, body } = await issue();
        assert.equal(status, 201);
        assert.match(String(body.token), /^ghs_/);
        const seconds = Date.parse(String(body.expires_at)) / 1000 - now();
        assert.ok(seconds > 3590 && seconds <= 3600, String(seconds));
        assert.deepEqual(body.permissions, { metadata: "read", contents: "read" });
        assert.equal(body.repository_selection, "selected");
        assert.equal((await issue(signed(), "71")).status, 404);
    });

    it("may ask without options as go-github does, which Flux has, by null", async () => {
        assert.equal((await issue(signed(), "70", null)).status, 201);
    });

    it("reach the repositories of the installation alone, with its permissions", async () => {
        const token = await installed();
        const ask = (method: string, path: string, body?: object) => hub.call(method, path, body, token);
        assert.equal((await ask("GET", "/repos/acme/fleet/git/ref/heads/main")).status, 200);
        assert.equal((await ask("GET", "/repos/acme/other")).status, 404);
        const { status, body, headers } = await ask("POST", "/repos/acme/fleet/git/trees", { tree: [] });
        assert.deepEqual([status, body.message], [403, "Resource not accessible by integration"]);
        assert.equal(headers["x-accepted-github-permissions"], "contents=write");
        assert.equal((await ask("GET", "/repos/acme/fleet/keys")).status, 403);
        assert.equal((await ask("POST", "/orgs/acme/repos", { name: "more" })).status, 403);
        const { repositories } = (await ask("GET", "/installation/repositories")).body as unknown as {
            repositories: { full_name: string }[];
        };
        assert.deepEqual(
            repositories.map(({ full_name: name }) => name),
            ["acme/fleet"],
        );
    });

    it("speak for themselves only about themselves", async () => {
        const ask = (path: string) => hub.call("GET", path, undefined, signed());
        assert.equal((await ask("/app")).body.id, 7);
        assert.equal((await ask("/app/installations/70")).body.id, 70);
        assert.equal((await ask("/repos/acme/fleet")).status, 401);
        assert.equal((await hub.call("GET", "/app", undefined, await installed())).status, 401);
    });

    it("lose their tokens with their installation, and get no more while it is suspended", async () => {
        const token = await installed();
        const app = { id: "7", publicKey: key.publicKey };
        const installation = { id: "70", permissions: { contents: "read" } } as const;
        const read = async () => (await hub.call("GET", "/repos/acme/fleet", undefined, token)).status;
        hub.github.installApps([{ ...app, installation: { ...installation, suspended: true } }]);
        const { status, body } = await issue();
        assert.deepEqual([status, body.message], [403, "This installation has been suspended"]);
        assert.equal(await read(), 401);
        hub.github.installApps([]);
        assert.deepEqual([(await issue()).status, await read()], [404, 401]);
        hub.github.installApps(apps);
        assert.deepEqual([(await issue()).status, await read()], [201, 200]);
    });

    it("lose a token after an hour", async () => {
        const token = await installed();
        const { now: real } = Date;
        Date.now = () => real() + 3_601_000;
        try {
            assert.equal((await hub.call("GET", "/repos/acme/fleet", undefined, token)).status, 401);
        } finally {
            Date.now = real;
        }
    });

    it("log the provider in, whose key may have its line breaks escaped", async () => {
        const plugin = createGitHubProvider(async (url, init) => {
            const answer = await hub.github.api({
                method: init.method ?? "GET",
                url: new URL(url),
                headers: init.headers as Record<string, string>,
                body: Buffer.from((init.body as string | undefined) ?? ""),
            });
            return new Response(JSON.stringify(answer.body), { status: answer.status, headers: answer.headers });
        });
        const appAuth = { id: "8", installationId: "80", pemFile: key.privateKey.replaceAll("\n", "\\n") };
        const type = "github:index/repository:Repository";
        for (const [given, found] of [
            [JSON.stringify(appAuth), true],
            [{ ...appAuth, installationId: "70" }, false],
        ] as const) {
            await plugin.configure({ owner: "acme", appAuth: given, token: "wrong" });
            const reading = plugin.read(type, "fleet", { name: "fleet" }, {});
            await (found
                ? reading.then((state) => assert.equal(state?.id, "fleet"))
                : assert.rejects(reading, /failed to create OAuth token from GitHub App: 404/));
        }
    });
});
