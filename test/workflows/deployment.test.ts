import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";

const script = path.join(__dirname, "../../.github/actions/deployment/run.sh");

interface Asked {
    readonly request: string;
    readonly authorization: string | undefined;
    readonly body: unknown;
}

type Answer = readonly [status: number, body: object];

/**
 * The script of action `deployment`, against a stand-in for Pulumi Cloud's API that records what it is asked. That
 * Pulumi Cloud answers so is its documentation's word.
 */
describe("a deployment", () => {
    let server: Server;
    let folder: string;
    let asked: Asked[];
    let answers: Record<string, Answer[]>;
    const root = "/api/stacks/acme/landfall/staging/deployments";

    beforeEach(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-deployment-"));
        asked = [];
        answers = {
            [`POST ${root}`]: [[202, { id: "d-1", version: 7, consoleUrl: "https://app.pulumi.com/d/7" }]],
            [`GET ${root}/d-1`]: [
                [200, { status: "running" }],
                [502, {}],
                [200, { status: "succeeded" }],
            ],
            [`GET ${root}/d-1/logs`]: [[200, { lines: [{ header: "Update", line: "one\n" }], nextToken: "a b" }]],
            // The token is encoded as a form encodes it.
            [`GET ${root}/d-1/logs?continuationToken=a+b`]: [[200, { lines: [{ line: "two\n" }] }]],
        };
        server = createServer((request, response) => {
            void textOf(request).then((text) => {
                const key = `${request.method} ${request.url}`;
                const body: unknown = text === "" ? undefined : JSON.parse(text);
                asked.push({ request: key, authorization: request.headers.authorization, body });
                const left = answers[key] ?? [];
                const [status, answer] = (left.length > 1 ? left.shift() : left[0]) ?? [404, { message: "Not Found" }];
                response.writeHead(status).end(JSON.stringify(answer));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });

    afterEach(async () => {
        await new Promise((resolve) => server.close(resolve));
        fs.rmSync(folder, { recursive: true });
    });

    async function run(
        environment: Readonly<Record<string, string>> = {},
    ): Promise<{ readonly code: number; readonly output: string; readonly summary: string }> {
        const summary = path.join(folder, "summary.md");
        const child = spawn("bash", [script], {
            env: {
                PATH: process.env.PATH,
                PULUMI_API: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
                PULUMI_ACCESS_TOKEN: "pul-secret",
                OPERATION: "update",
                CLIENT_ID: "",
                FLEET_TOKEN: "",
                STACK: "acme/landfall/staging",
                COMMIT: "c0ffee",
                POLL_SECONDS: "0",
                RUNNER_TEMP: folder,
                GITHUB_STEP_SUMMARY: summary,
                ...environment,
            },
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
        }
        const code = await new Promise<number>((resolve) => child.once("close", (exit) => resolve(exit ?? 128)));
        return { code, output, summary: fs.existsSync(summary) ? fs.readFileSync(summary, "utf8") : "" };
    }

    it("is asked for by operation and commit alone, so that the stack's settings hold", async () => {
        const { code, output } = await run();
        assert.equal(code, 0, output);
        const { request, authorization, body } = asked[0]!;
        assert.deepEqual([request, authorization], [`POST ${root}`, "token pul-secret"]);
        assert.deepEqual(body, {
            operation: "update",
            inheritSettings: true,
            sourceContext: { git: { commit: "c0ffee" } },
        });
        assert.doesNotMatch(output, /pul-secret/);
    });

    it("that previews has an identity and a token of its own", async () => {
        const environment = { OPERATION: "preview", CLIENT_ID: "reader", FLEET_TOKEN: "ghp-secret" };
        const { code, output } = await run(environment);
        assert.equal(code, 0, output);
        assert.deepEqual(asked[0]?.body, {
            operation: "preview",
            inheritSettings: true,
            sourceContext: { git: { commit: "c0ffee" } },
            operationContext: {
                oidc: { azure: { clientId: "reader" } },
                environmentVariables: { GITHUB_TOKEN: { secret: "ghp-secret" } },
            },
        });
        assert.doesNotMatch(output, /ghp-secret/);
    });

    for (const missing of ["CLIENT_ID", "FLEET_TOKEN"]) {
        it(`that previews is not asked for without ${missing}, so that it never acts as the deployer`, async () => {
            const given = { OPERATION: "preview", CLIENT_ID: "reader", FLEET_TOKEN: "ghp-secret" };
            const { code, output } = await run({ ...given, [missing]: "" });
            assert.equal(code, 1, output);
            assert.match(output, /::error::A preview needs variable PREVIEW_CLIENT_ID and secret PREVIEW_GITHUB_TOKEN/);
            assert.equal(asked.length, 0);
        });
    }

    it("is waited for, through an answer that fails, and its log is shown to the last page", async () => {
        const { code, output, summary } = await run();
        assert.equal(code, 0, output);
        assert.equal(asked.filter(({ request }) => request === `GET ${root}/d-1`).length, 3);
        assert.match(output, /Deployment 7 of acme\/landfall\/staging: https:\/\/app\.pulumi\.com\/d\/7/);
        assert.match(
            summary,
            /### update of acme\/landfall\/staging \(deployment 7\): succeeded\n```\n\nUpdate\none\ntwo\n```/,
        );
    });

    for (const status of ["failed", "skipped"]) {
        it(`fails the job when it has ${status}, with its log`, async () => {
            answers[`GET ${root}/d-1`] = [[200, { status }]];
            const { code, output, summary } = await run();
            assert.equal(code, 1, output);
            assert.match(output, new RegExp(`::error::Deployment 7 of acme/landfall/staging: ${status}`));
            assert.match(summary, /one\ntwo/);
        });
    }

    it("that Pulumi Cloud refuses fails the job, with its reason", async () => {
        answers[`POST ${root}`] = [[403, { code: 403, message: "not allowed" }]];
        const { code, output } = await run();
        assert.equal(code, 1, output);
        assert.match(output, /::error::Pulumi Cloud started no deployment of acme\/landfall\/staging.*not allowed/s);
        assert.equal(asked.length, 1);
    });

    it("without a log still has a result", async () => {
        answers[`GET ${root}/d-1/logs`] = [[500, {}]];
        const { code, output } = await run();
        assert.equal(code, 0, output);
        assert.match(output, /::warning::Pulumi Cloud gives no log of deployment 7/);
    });
});

async function textOf(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString();
}
