import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { configuredGitHub, githubApi, statusOf } from "../../../../components/gitops/fleet/github-api";
import { notAToken } from "../../../support/fixtures";
import { answeringGitHub, type GitHubAnswer } from "../../../support/github-answers";
import { withoutWaiting } from "../../../support/time";

const refused = { status: 404, body: { message: "Not Found", documentation_url: "https://docs.github.com/rest" } };

/**
 * Asks once, answered by one answer after the other, the last one again and again; gives the seconds that it waited.
 */
async function ask(...answers: GitHubAnswer[]) {
    let next = 0;
    const answer = () => answers[Math.min(next++, answers.length - 1)] ?? {};
    return answeringGitHub(answer, (calls) =>
        withoutWaiting(async (waited) => {
            const outcome = await githubApi({ token: notAToken })
                .call("GET", "/meta")
                .catch((error: Error) => error);
            return { outcome, calls, waited };
        }),
    );
}

async function messageOf(answer: GitHubAnswer): Promise<string> {
    const { outcome } = await ask(answer);
    assert.ok(outcome instanceof Error);
    return outcome.message;
}

describe("call", () => {
    it("asks api.github.com with the token, and gives the body", async () => {
        const { outcome, calls } = await ask({ body: { a: 1 } });
        assert.deepEqual(outcome, { a: 1 });
        assert.equal(calls.length, 1);
        assert.equal(calls[0]?.headers.authorization, `Bearer ${notAToken}`);
    });

    it("asks again when GitHub is down or does not answer, after a time that doubles", async () => {
        const { outcome, waited } = await ask({ status: 502 }, new Error("fetch failed"), { status: 503 }, { body: 1 });
        assert.equal(outcome, 1);
        assert.deepEqual(waited, [1, 2, 4]);
    });

    it("gives up after six times", async () => {
        const { outcome, calls } = await ask({ status: 500, body: "oops" });
        assert.match(String(outcome), /GitHub: GET \/meta: 500 oops$/);
        assert.equal(calls.length, 6);
    });

    it("waits as long as GitHub asks for", async () => {
        const after = (status: number, seconds: string) => ({ status, headers: { "retry-after": seconds } });
        const { outcome, waited } = await ask(after(503, "7"), after(429, "3"), after(403, "300"), { body: 1 });
        assert.equal(outcome, 1);
        assert.deepEqual(waited, [7, 3, 300]);
    });

    it("waits for a minute, and twice as long each time, where a rate limit names no time", async () => {
        const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
        const limited = { status: 403, body: { message } };
        const { outcome, waited } = await ask(limited, { status: 429 }, limited, limited, { body: 1 });
        assert.equal(outcome, 1);
        assert.deepEqual(waited, [60, 120, 240, 300]);
    });

    it("waits until a limit is reset, and says in the log that it does", async () => {
        const usedUp = (seconds: number) => ({
            status: 403,
            body: { message: "API rate limit exceeded for user ID 1." },
            headers: {
                "x-ratelimit-remaining": "0",
                "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + seconds),
            },
        });
        const { log } = pulumi;
        const warn = log.warn;
        const lines: string[] = [];
        Object.assign(log, { warn: (line: string) => Promise.resolve(void lines.push(line)) });
        try {
            const { outcome, waited } = await ask(usedUp(90), { body: 1 });
            assert.equal(outcome, 1);
            assert.ok(waited[0] !== undefined && waited[0] >= 90 && waited[0] <= 92, String(waited));
            assert.match(lines.join(), /^GitHub asks to wait; GET \/meta goes on in 9[012] s$/);
        } finally {
            Object.assign(log, { warn });
        }
        const { outcome, calls } = await ask(usedUp(1800));
        assert.equal(calls.length, 1);
        assert.match(String(outcome), /403 API rate limit exceeded.*lasts until \d{4}-.*Z, run again then$/);
    });

    it("says where to authorise a token for single sign-on, and what permission a token lacks", async () => {
        const url = "https://github.com/orgs/acme/sso?authorization_request=AAAA";
        const saml = {
            status: 403,
            body: { message: "Resource protected by organization SAML enforcement." },
            headers: { "x-github-sso": `required; url=${url}` },
        };
        assert.match(await messageOf(saml), /single sign-on: authorise the token at https:.*request=AAAA$/);
        const lacking = {
            status: 403,
            body: { message: "Resource not accessible by personal access token" },
            headers: { "x-accepted-github-permissions": "administration=write" },
        };
        assert.match(await messageOf(lacking), /grant it administration=write \(docs\/permissions\.md\)$/);
    });

    it("asks once what is refused for good", async () => {
        for (const status of [400, 401, 403, 404, 409, 422]) {
            assert.equal((await ask({ status })).calls.length, 1, String(status));
        }
    });

    it("carries the status and GitHub's own message in its errors", async () => {
        const { outcome } = await ask(refused);
        assert.equal(statusOf(outcome), 404);
        assert.equal((outcome as Error).message, "GitHub: GET /meta: 404 Not Found");
        const invalid = { message: "Validation Failed", errors: [{ field: "key", message: "key is already in use" }] };
        assert.match(await messageOf({ status: 422, body: invalid }), /422 Validation Failed: .*key is already in use/);
    });

    it("names the token when GitHub does not know who asks", async () => {
        const message = await messageOf({ status: 401, body: { message: "Bad credentials" } });
        assert.equal(
            message,
            "GitHub: GET /meta: 401 Bad credentials; check the token in github:token or GITHUB_TOKEN, or the App in github:appAuth",
        );
    });

    it("says why there is no answer", async () => {
        const failed = new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND api.github.com") });
        assert.match(await messageOf(failed), /no answer from api\.github\.com: getaddrinfo ENOTFOUND/);
    });

    it("never shows the token", async () => {
        for (const answer of [{ status: 401 }, refused, { status: 500 }, new Error("fetch failed")]) {
            const { outcome } = await ask(answer);
            assert.doesNotMatch(
                [JSON.stringify(outcome), String(outcome), (outcome as Error).stack].join("\n"),
                /ghp_/,
            );
        }
    });
});

describe("find", () => {
    it("is undefined for what does not exist, and throws for everything else", async () => {
        assert.equal(
            await answeringGitHub(
                () => refused,
                () => githubApi({ token: notAToken }).find("/repos/acme/fleet"),
            ),
            undefined,
        );
        const forbidden = () => ({ status: 403, body: { message: "Resource not accessible" } });
        await assert.rejects(
            answeringGitHub(forbidden, () => githubApi({ token: notAToken }).find("/repos/acme/fleet")),
            /403 Resource not accessible/,
        );
    });
});

describe("configuredGitHub", () => {
    it("asks with github:token, and without it with GITHUB_TOKEN", async () => {
        const sent = (configured?: string) =>
            answeringGitHub(
                () => ({}),
                async (calls) => {
                    await configuredGitHub({ token: configured, appAuth: undefined }).call("GET", "/meta");
                    return calls[0]?.headers.authorization;
                },
            );
        assert.equal(await sent("ghp_configured"), "Bearer ghp_configured");
        assert.equal(await sent(), `Bearer ${notAToken}`);
    });

    it("refuses a token that cannot be sent before it asks, and does not show it", () => {
        assert.throws(
            () => configuredGitHub({ token: "ghp_first\nghp_second", appAuth: undefined }),
            (error: Error) =>
                error.message.startsWith("github:token: holds a space") && !error.message.includes("ghp_"),
        );
    });
});
