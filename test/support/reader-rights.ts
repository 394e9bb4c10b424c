import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { planFleet } from "../../components/gitops/fleet/fleet-plan";
import { githubApi } from "../../components/gitops/fleet/github-api";
import { commitTree } from "../../components/gitops/fleet/manifest-commit";
import { fleetArgs } from "./fleet";
import { createGitHub, type GitHub } from "@landfall/sandbox/testing";

/**
 * The permissions that a preview asks of a repository's reader, each with the access that it asks for: of a stack in
 * each mode, whose branch somebody protects.
 */
export async function rightsOfReader(): Promise<ReadonlyMap<string, string>> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-reader-"));
    const asked = new Map<string, string>();
    // The stand-in looks up here what a request takes, and hears that it may be read.
    const permissions = new Proxy({}, { get: (_, name) => (asked.set(String(name), "read"), "read" as const) });
    const hub = await createGitHub({
        ...{ directory, owner: "acme", token: "owner" },
        limitedTokens: [{ token: "reader", permissions }],
    });
    try {
        await answeredBy(hub, async () => {
            const owner = githubApi({ token: "owner" });
            await owner.call("POST", "/orgs/acme/repos", { name: "fleet", private: true });
            await commitTree(owner, fleetArgs, { "a.yaml": "a: 1\n" });
            await owner.call("PUT", "/repos/acme/fleet/branches/staging/protection", protection);
            for (const mode of ["direct", "pullRequest", "none"] as const) {
                const args = { ...fleetArgs, mode, files: { "a.yaml": "a: 2\n" }, changes: false };
                await planFleet(githubApi({ token: "reader" }), args);
            }
        });
    } finally {
        await hub.close();
        fs.rmSync(directory, { recursive: true });
    }
    return asked;
}

const protection = {
    required_status_checks: null,
    enforce_admins: null,
    required_pull_request_reviews: {},
    restrictions: null,
};

async function answeredBy(hub: GitHub, run: () => Promise<void>): Promise<void> {
    const { fetch } = globalThis;
    globalThis.fetch = async (input, init) => {
        const answer = await hub.api({
            method: init?.method ?? "GET",
            url: new URL(new Request(input).url),
            headers: init?.headers as Record<string, string>,
            body: Buffer.from((init?.body as string | undefined) ?? ""),
        });
        const text = answer.status === 204 ? null : JSON.stringify(answer.body);
        return new Response(text, { status: answer.status, headers: answer.headers ?? {} });
    };
    try {
        await run();
    } finally {
        globalThis.fetch = fetch;
    }
}
