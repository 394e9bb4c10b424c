import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createSign, generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { App } from "../../../github/apps";
import { GitHubFixture } from "../../support/github";

const key = generateKeyPairSync("rsa", { modulusLength: 2048 });

function app(id: string, contents: "read" | "write", repository = "fleet"): App {
    const publicKey = key.publicKey.export({ type: "spki", format: "pem" }).toString();
    return { id, publicKey, installation: { id, permissions: { contents }, repositories: [repository] } };
}

describe("git over https", () => {
    let hub: GitHubFixture;
    let server: Server;
    let url: string;

    beforeEach(async () => {
        hub = new GitHubFixture([app("1", "write"), app("2", "read"), app("3", "write", "other")]);
        await hub.start();
        await hub.makeFleet();
        // In the sandbox the proxy ends TLS and calls the handler: here a plain server does.
        server = createServer((request, response) => {
            const chunks: Buffer[] = [];
            request.on("data", (chunk: Buffer) => chunks.push(chunk));
            request.on("end", () => {
                const route = hub.github.routes.find((one) => one.host === "github.com" && "handle" in one);
                assert.ok(route && "handle" in route);
                const asked = new URL(request.url ?? "/", "https://github.com");
                const headers = request.headers as Record<string, string>;
                void route
                    .handle({ method: request.method ?? "GET", url: asked, headers, body: Buffer.concat(chunks) })
                    .then(({ status, headers: given, body }) => response.writeHead(status, given).end(body));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme/fleet.git`;
    });

    afterEach(async () => {
        await new Promise((resolve) => server.close(resolve));
        await hub.stop();
    });

    async function installationToken(id: string): Promise<string> {
        const now = Math.floor(Date.now() / 1000);
        const parts = [{ alg: "RS256" }, { iss: id, iat: now, exp: now + 60 }];
        const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
        const signature = createSign("RSA-SHA256").update(text).sign(key.privateKey, "base64url");
        const path = `/app/installations/${id}/access_tokens`;
        return String((await hub.call("POST", path, {}, `${text}.${signature}`)).body.token);
    }

    async function git(token: string, ...args: string[]): Promise<{ readonly code: number; readonly stderr: string }> {
        const header = `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
        const env = {
            PATH: process.env.PATH,
            HOME: hub.directory,
            GIT_TERMINAL_PROMPT: "0",
            GIT_CONFIG_COUNT: "1",
            GIT_CONFIG_KEY_0: "http.extraHeader",
            GIT_CONFIG_VALUE_0: header,
        };
        const child = spawn("git", args, { env });
        let stderr = "";
        child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
        const code = await new Promise<number>((resolve) => child.once("close", (exit) => resolve(exit ?? 128)));
        return { code, stderr };
    }

    it("clones and pushes with the token, under the same rules as the REST API", async () => {
        const clone = join(hub.directory, "clone");
        const { code, stderr } = await git("right", "clone", "--quiet", url, clone);
        assert.equal(code, 0, stderr);
        assert.ok(existsSync(join(clone, "README.md")));
        assert.equal((await git("right", "-C", clone, "push", "--quiet", "origin", "HEAD:copy")).code, 0);
        assert.equal(await hub.head("copy"), await hub.head());
        const conditions = { ref_name: { include: ["refs/heads/kept"], exclude: [] } };
        const ruleset = { name: "kept", enforcement: "active", conditions, rules: [{ type: "creation" }] };
        await hub.expectOk("POST", "/repos/acme/fleet/rulesets", ruleset);
        const refused = await git("right", "-C", clone, "push", "origin", "HEAD:kept");
        assert.match(refused.stderr, /GH013: Repository rule violations found for refs\/heads\/kept/);
    });

    it("takes the token of an App's installation, with its permissions and repositories", async () => {
        const [writes, reads, elsewhere] = await Promise.all(["1", "2", "3"].map(installationToken));
        const clone = join(hub.directory, "clone");
        const { code, stderr } = await git(reads!, "clone", "--quiet", url, clone);
        assert.equal(code, 0, stderr);
        const push = (token: string) => git(token, "-C", clone, "push", "--quiet", "origin", "HEAD:copy");
        assert.notEqual((await push(reads!)).code, 0);
        assert.equal((await push(writes!)).code, 0);
        assert.notEqual((await git(elsewhere!, "ls-remote", url)).code, 0);
    });

    it("shows a private repository to nobody without the token", async () => {
        const { code } = await git("wrong", "ls-remote", url);
        assert.notEqual(code, 0);
    });
});
