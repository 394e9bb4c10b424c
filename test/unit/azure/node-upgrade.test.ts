import * as assert from "node:assert/strict";
import { lendToken } from "../../../components/azure/lend-token";
import { NodeUpgrade } from "../../../components/azure/node-upgrade";
import { valueOf } from "../../support/deploy";
import { serializedProvider } from "../../support/serialized-provider";

interface Inputs {
    readonly clusterId: string;
    readonly kubernetesVersion: string;
    readonly behind: readonly string[];
    readonly lender: string;
}

const settings = { clusterId: "/subscriptions/s/c", kubernetesVersion: "1.36", behind: ["system", "apps"] };

interface Call {
    readonly token: string;
    readonly method: string;
    readonly pool: string;
    readonly body: { properties: Record<string, unknown> } | undefined;
}

type Answer = (call: Call) => { status?: number; body: object };

const old = {
    count: 3,
    orchestratorVersion: "1.35",
    currentOrchestratorVersion: "1.35.7",
    provisioningState: "Succeeded",
};

describe("NodeUpgrade", () => {
    const realFetch = globalThis.fetch;
    const calls: Call[] = [];
    let answer: Answer;
    let tokens: number;
    let args: Inputs;

    const token = () => Promise.resolve(`token ${++tokens}`);

    before(async () => void (args = { ...settings, lender: await valueOf(lendToken(token)) }));

    beforeEach(() => {
        calls.length = 0;
        tokens = 0;
        answer = () => ({ body: { properties: old } });
        globalThis.fetch = (url, init) => {
            const pool = /agentPools\/([^?]+)/.exec(url as string)?.[1] ?? "";
            const body = init?.body ? (JSON.parse(init.body as string) as Call["body"]) : undefined;
            const { authorization = "" } = init?.headers as Record<string, string>;
            const call = { token: authorization, method: init?.method ?? "", pool, body };
            calls.push(call);
            const { status = 200, body: answered } = answer(call);
            return Promise.resolve(new Response(JSON.stringify(answered), { status }));
        };
    });

    afterEach(() => void (globalThis.fetch = realFetch));

    const provider = () => serializedProvider<Inputs>(() => new NodeUpgrade("nodes", { ...settings, token }));
    const made = () => calls.map(({ method, pool }) => `${method} ${pool}`);

    it("writes one pool after the other, as Azure shows it, with the minor", async () => {
        await (await provider()).create(args);
        assert.deepEqual(made(), ["GET system", "PUT system", "GET apps", "PUT apps"]);
        assert.deepEqual(calls[1]?.body, { properties: { count: 3, orchestratorVersion: "1.36" } });
    });

    it("asks each time with a token that is valid then", async () => {
        await (await provider()).create(args);
        assert.deepEqual(
            calls.map(({ token: used }) => used),
            ["Bearer token 1", "Bearer token 2", "Bearer token 3", "Bearer token 4"],
        );
    });

    it("waits for a pool before it begins the next", async () => {
        let looks = 0;
        answer = ({ method, pool }) => {
            const upgrading = pool === "system" && (method === "PUT" || (looks++ > 0 && looks < 3));
            return { body: { properties: { ...old, provisioningState: upgrading ? "Upgrading" : "Succeeded" } } };
        };
        await (await provider()).create(args);
        assert.deepEqual(made(), ["GET system", "PUT system", "GET system", "GET system", "GET apps", "PUT apps"]);
    }).timeout(10_000);

    it("leaves a pool alone that has the minor", async () => {
        answer = () => ({ body: { properties: { ...old, currentOrchestratorVersion: "1.36.4" } } });
        await (await provider()).create(args);
        assert.deepEqual(made(), ["GET system", "GET apps"]);
    });

    const failures: readonly (readonly [string, Answer, RegExp])[] = [
        [
            "is refused",
            ({ method }) =>
                method === "PUT"
                    ? { status: 400, body: { code: "OperationNotAllowed", message: "no quota" } }
                    : { body: { properties: old } },
            /node pool system was not upgraded to Kubernetes 1\.36: HTTP 400 OperationNotAllowed no quota; not begun: apps\. .*run up again/,
        ],
        [
            "fails",
            ({ method }) => {
                const failed = {
                    provisioningState: "Failed",
                    status: { provisioningError: { code: "UpgradeFailed", message: "too many eviction attempts" } },
                };
                return { body: { properties: { ...old, ...(method === "PUT" ? failed : {}) } } };
            },
            /system was not upgraded to Kubernetes 1\.36: Failed UpgradeFailed too many eviction attempts; not begun: apps\./,
        ],
    ];
    for (const [what, answers, message] of failures) {
        it(`stops at a pool that ${what}, and says which and what is left`, async () => {
            answer = answers;
            await assert.rejects((await provider()).create(args), message);
            assert.ok(calls.every(({ pool }) => pool === "system"));
        });
    }

    it("is a change while a pool is behind, and none for another run of the program", async () => {
        const { diff } = await provider();
        const changes = async (news: Partial<Inputs>) =>
            (await diff?.("id", { kubernetesVersion: "1.36" }, { ...args, behind: [], ...news }))?.changes;
        assert.deepEqual(
            [await changes({}), await changes({ lender: "other" }), await changes({ behind: ["apps"] })],
            [false, false, true],
        );
    });
});
