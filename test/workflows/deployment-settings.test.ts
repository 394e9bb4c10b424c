import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";

const root = path.join(__dirname, "../..");
const stack = "/api/stacks/acme/landfall/staging";
const settingsPath = `${stack}/deployments/settings`;

type Json = Record<string, unknown>;

/**
 * The pinned CLI, with a stand-in for Pulumi Cloud's API that records what it sends. What Pulumi Cloud makes of it is
 * its documentation's word: PUT replaces the settings, POST merges into them.
 */
describe("the deployment settings", () => {
    let server: Server;
    let folder: string;
    let asked: { readonly request: string; readonly body: unknown }[];
    let settings: Json;

    before(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-settings-"));
        for (const file of ["Pulumi.yaml", "Pulumi.staging.yaml", "Pulumi.staging.deploy.yaml"]) {
            fs.copyFileSync(path.join(root, file), path.join(folder, file));
        }
        asked = [];
        settings = { agentPoolID: "left from earlier", gitHub: { deployCommits: true, previewPullRequests: true } };
        server = createServer((request, response) => {
            void textOf(request).then((text) => {
                const key = `${request.method} ${request.url?.split("?")[0]}`;
                const body = text === "" ? undefined : (JSON.parse(text) as unknown);
                asked.push({ request: key, body });
                const answer = answerTo(key, body);
                response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? { message: "Not Found" }));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        await run(commandsOfDocs());
    });

    after(async () => {
        await new Promise((resolve) => server.close(resolve));
        fs.rmSync(folder, { recursive: true });
    });

    function answerTo(key: string, body: unknown): object | undefined {
        switch (key) {
            case "GET /api/user":
                return { githubLogin: "someone", organizations: [{ githubLogin: "acme", name: "acme" }] };
            case "GET /api/user/organizations/default":
                return { gitHubLogin: "acme" };
            case "GET /api/capabilities":
                return { capabilities: [] };
            case `GET ${stack}`:
                return { orgName: "acme", projectName: "landfall", stackName: "staging", tags: {}, version: 1 };
            case `POST ${settingsPath}/encrypt`:
                return { ciphertext: "AAABBB" };
            case `PUT ${settingsPath}`:
                return (settings = body as Json);
            case `POST ${settingsPath}`:
                return (settings = merged(settings, body as Json));
            case `GET ${settingsPath}`:
                return settings;
            case `POST ${stack}/deployments`:
                return { id: "d-1", version: 1, consoleUrl: "https://app.pulumi.com/d/1" };
            default:
                return undefined;
        }
    }

    function run(script: string): Promise<string> {
        const env = {
            PATH: `${process.env.LANDFALL_BINARIES}${path.delimiter}${process.env.PATH}`,
            HOME: folder,
            PULUMI_BACKEND_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
            PULUMI_ACCESS_TOKEN: "pul-secret",
            PULUMI_SKIP_UPDATE_CHECK: "true",
        };
        return new Promise((resolve, reject) => {
            const child = execFile(
                "bash",
                ["--noprofile", "--norc", "-euc", script],
                { cwd: folder, env },
                (error, stdout, stderr) => {
                    return error ? reject(new Error(`${error.message}\n${stdout}${stderr}`)) : resolve(stdout + stderr);
                },
            );
            child.stdin?.end("t0ken\n");
        });
    }

    it("are those of the file, with both flags off and the token encrypted, after the commands of docs/ci.md", () => {
        const file = fs.readFileSync(path.join(root, "Pulumi.staging.deploy.yaml"), "utf8");
        const { settings: wanted } = parse(file) as { settings: Json };
        const { executorContext, sourceContext, gitHub, operationContext } = settings as Record<string, Json>;
        const { executorImage } = wanted.executorContext as { executorImage: { reference: string } };
        assert.equal(executorContext?.executorImage, executorImage.reference);
        assert.deepEqual(gitHub, wanted.gitHub);
        const { environmentVariables, oidc, preRunCommands } = wanted.operationContext as Json;
        assert.deepEqual(
            { ...operationContext, operation: undefined },
            {
                ...{ oidc, preRunCommands, operation: undefined },
                environmentVariables: { ...(environmentVariables as Json), GITHUB_TOKEN: { ciphertext: "AAABBB" } },
            },
        );
        assert.equal((sourceContext?.git as Json).branch, "refs/heads/main");
        assert.equal(settings.agentPoolID, undefined);
    });

    it("are not sent the token but to be encrypted", () => {
        const withToken = asked.filter(({ body }) => JSON.stringify(body ?? "").includes("t0ken"));
        assert.deepEqual(withToken, [{ request: `POST ${settingsPath}/encrypt`, body: "t0ken" }]);
    });

    it("would not survive pulumi deployment run, which is why the workflows ask for deployments themselves", async () => {
        await run("pulumi deployment run update --stack acme/staging --suppress-stream-logs --non-interactive");
        const { body } = asked.find(({ request }) => request === `POST ${stack}/deployments`)!;
        const { agentPoolID, operationContext } = body as { agentPoolID: unknown; operationContext: Json };
        assert.deepEqual([agentPoolID, operationContext.preRunCommands], [null, []]);
    });
});

/** The commands of step 4, as they stand there. */
function commandsOfDocs(): string {
    const page = fs.readFileSync(path.join(root, "docs/ci.md"), "utf8");
    const step = /^## 4\..*?^## 5\./ms.exec(page)?.[0] ?? "";
    const blocks = [...step.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block);
    assert.ok(blocks.length > 0, "docs/ci.md has no commands in step 4");
    return blocks.join("\n");
}

/** For each property: null takes it away, an object is merged, anything else replaces. */
function merged(before: Json, patch: Json): Json {
    const after = { ...before };
    for (const [name, value] of Object.entries(patch)) {
        if (value === null) {
            delete after[name];
        } else if (typeof value === "object" && !Array.isArray(value)) {
            after[name] = merged((before[name] ?? {}) as Json, value as Json);
        } else {
            after[name] = value;
        }
    }
    return after;
}

async function textOf(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString();
}
