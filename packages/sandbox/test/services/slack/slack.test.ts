import * as assert from "node:assert/strict";
import { createSlack } from "../../../slack/slack";

const method = "https://slack.com/api/chat.postMessage";

/** What Flux's notification-controller makes of it is seen by test/program/teams.test.ts. */
describe("the stand-in for Slack", () => {
    const { routes, messages } = createSlack();
    const [route] = routes;
    const post = async (authorization: string | undefined, message: object, url = method) => {
        assert.ok(route !== undefined && "handle" in route);
        const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
        const { status, body } = await route.handle({
            ...{ method: "POST", url: new URL(url), headers },
            body: Buffer.from(JSON.stringify(message)),
        });
        return { status, ...(body as { ok: boolean; error?: string; ts?: string }) };
    };

    for (const [error, authorization, message] of [
        ["not_authed", undefined, { channel: "deployments", text: "done" }],
        ["invalid_auth", "Bearer something", { channel: "deployments", text: "done" }],
        ["channel_not_found", "Bearer xoxb-1", { text: "done" }],
        ["no_text", "Bearer xoxb-1", { channel: "deployments", attachments: [{ color: "good" }] }],
    ] as const) {
        it(`refuses with ${error}, and keeps nothing`, async () => {
            assert.deepEqual(await post(authorization, message), { status: 200, ok: false, error });
            assert.deepEqual(messages(), []);
        });
    }

    it("has one method", async () => {
        const url = "https://slack.com/api/chat.update";
        const answer = await post("Bearer xoxb-1", { channel: "deployments", text: "done" }, url);
        assert.equal(answer.error, "unknown_method");
    });

    it("keeps what a bot writes, as text or in attachments", async () => {
        const attachments = [{ author_name: "kustomization/apps.flux-system", text: "Reconciliation finished" }];
        const answer = await post("Bearer xoxb-1", { channel: "deployments", attachments });
        assert.equal(answer.ok, true);
        assert.match(answer.ts ?? "", /^\d{10}\.\d{6}$/);
        await post("Bearer xoxb-1", { channel: "alerts", text: "down" });
        assert.deepEqual(messages(), [
            { channel: "deployments", text: "kustomization/apps.flux-system Reconciliation finished" },
            { channel: "alerts", text: "down" },
        ]);
    });
});
