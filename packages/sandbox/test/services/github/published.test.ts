import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Git } from "../../../github/git";
import { servePublished } from "../../../github/published";
import type { HttpHandler } from "../../../network/route";

const files = { "config/crd/standard/things.yaml": "kind: Thing\n", "README.md": "things\n" };
const things = { owner: "example", name: "things", tag: "v1.2.3", files };

describe("repositories of others on github.com", () => {
    const directory = mkdtempSync(join(tmpdir(), "landfall-published-"));
    let handlerOf: (path: string) => HttpHandler | undefined;
    let server: Server;
    let url: string;

    before(async () => {
        handlerOf = await servePublished(join(directory, "published"), [things]);
        server = createServer((request, response) => {
            const chunks: Buffer[] = [];
            request.on("data", (chunk: Buffer) => chunks.push(chunk));
            request.on("end", () => {
                const asked = new URL(request.url ?? "/", "https://github.com");
                const handle = handlerOf(asked.pathname);
                assert.ok(handle, asked.pathname);
                const headers = request.headers as Record<string, string>;
                void handle({
                    ...{ method: request.method ?? "GET", url: asked, headers },
                    body: Buffer.concat(chunks),
                }).then(({ status, headers: given, body }) => response.writeHead(status, given).end(body));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/example/things`;
    });

    after(async () => {
        await new Promise((resolve) => server.close(resolve));
        await rm(directory, { recursive: true });
    });

    async function git(...args: string[]): Promise<number> {
        const env = { PATH: process.env.PATH, HOME: directory, GIT_TERMINAL_PROMPT: "0" };
        const child = spawn("git", args, { env, stdio: "ignore" });
        return new Promise((resolve) => child.once("close", (exit) => resolve(exit ?? 128)));
    }

    it("are fetched at their tag by everybody", async () => {
        const clone = join(directory, "clone");
        assert.equal(await git("clone", "--depth=1", "--branch", "v1.2.3", url, clone), 0);
        assert.equal(readFileSync(join(clone, "config/crd/standard/things.yaml"), "utf8"), "kind: Thing\n");
    });

    it("are pushed to by nobody", async () => {
        const clone = join(directory, "pushing");
        assert.equal(await git("clone", "--branch", "main", url, clone), 0);
        const credentials = url.replace("http://", "http://x-access-token:right@");
        assert.notEqual(await git("-C", clone, "push", credentials, "HEAD:refs/heads/other"), 0);
    });

    it("are the same commit at every start", async () => {
        const again = join(directory, "again");
        await servePublished(again, [things]);
        const commitIn = (folder: string) =>
            new Git(join(folder, "repositories/example/things.git")).resolve("v1.2.3", "commit");
        assert.equal(await commitIn(again), await commitIn(join(directory, "published")));
        assert.match((await commitIn(again)) ?? "", /^[0-9a-f]{40}$/);
    });

    it("leave all other paths to the organisation's own", () => {
        assert.equal(handlerOf("/acme/fleet.git/info/refs"), undefined);
    });
});
