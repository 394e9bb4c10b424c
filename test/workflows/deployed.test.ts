import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

const script = path.join(__dirname, "../../.github/actions/deployment/deployed.sh");

/** The gate of production, against an API that answers as GitHub's documentation of commit statuses says. */
describe("a release", () => {
    const byActions = { context: "deployed/staging", state: "success", creator: { login: "github-actions[bot]" } };
    let server: Server;
    let asked: string[];
    let answer: readonly [status: number, body: object];

    beforeEach(async () => {
        asked = [];
        server = createServer(({ method, url, headers }, response) => {
            asked.push(`${method} ${url} ${headers.authorization}`);
            response.writeHead(answer[0]).end(JSON.stringify(answer[1]));
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
    });

    afterEach(() => server.close());

    async function run(): Promise<{ readonly code: number; readonly output: string }> {
        const child = spawn("bash", [script, "staging", "c0ffee"], {
            env: {
                PATH: process.env.PATH,
                GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
                GITHUB_REPOSITORY: "acme/landfall",
                GH_TOKEN: "gh-secret",
            },
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
        }
        const [code] = (await once(child, "close")) as [number];
        return { code, output };
    }

    it("goes to production when the workflow has deployed its commit to staging", async () => {
        answer = [200, [{ ...byActions, context: "ci" }, byActions]];
        assert.deepEqual(await run(), { code: 0, output: "" });
        assert.deepEqual(asked, ["GET /repos/acme/landfall/commits/c0ffee/statuses?per_page=100 Bearer gh-secret"]);
    });

    for (const [name, statuses] of Object.entries({
        "has no status": [],
        "was deployed to another stack": [{ ...byActions, context: "deployed/qa" }],
        "has failed there since": [{ ...byActions, state: "failure" }, byActions],
        "has a person's word for it": [{ ...byActions, creator: { login: "mallory" } }],
    })) {
        it(`does not when its commit ${name}`, async () => {
            answer = [200, statuses];
            const { code, output } = await run();
            assert.equal(code, 1);
            assert.match(output, /^::error::staging has not been deployed at c0ffee\. Merge it to main, wait/);
        });
    }

    it("does not when GitHub refuses to answer, and says what GitHub said", async () => {
        answer = [403, { message: "Resource not accessible by integration" }];
        const { code, output } = await run();
        assert.equal(code, 1);
        assert.match(
            output,
            /::error::GitHub does not say what was deployed at c0ffee: .*not accessible by integration/,
        );
        assert.doesNotMatch(output, /gh-secret/);
    });
});
