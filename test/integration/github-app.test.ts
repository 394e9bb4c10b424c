import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { mock } from "node:test";
import { type FleetPlanArgs, planFleet } from "../../components/gitops/fleet/fleet-plan";
import { githubApi } from "../../components/gitops/fleet/github-api";
import { commitTree } from "../../components/gitops/fleet/manifest-commit";
import type { GitHubApp } from "../../components/settings/github-login";
import { fleetArgs } from "../support/fleet";
import { newAppKey } from "../support/github-app";
import { createGitHub, type GitHub, type GitHubAppOptions } from "@landfall/sandbox/testing";

const files = { "a.yaml": "a: 1\n" };

describe("the program as a GitHub App, and Flux as another", () => {
    const program = newAppKey();
    const flux = newAppKey();
    const login: GitHubApp = { id: "1", installationId: "10", privateKey: program.privateKey };
    const fluxApp: GitHubApp = { id: "2", installationId: "20", privateKey: flux.privateKey };
    let directory: string;
    let hub: GitHub;
    let calls: string[];
    const realFetch = globalThis.fetch;

    async function start(ofProgram: Permissions = administers, ofFlux: Installed = {}): Promise<void> {
        await hub?.close();
        const apps: GitHubAppOptions[] = [
            { id: "1", publicKey: program.publicKey, installation: { id: "10", permissions: ofProgram } },
            {
                id: "2",
                publicKey: flux.publicKey,
                installation: { id: "20", permissions: { contents: "read" }, repositories: ["fleet"], ...ofFlux },
            },
        ];
        hub = await createGitHub({ directory, owner: "acme", token: "t0ken", apps });
        calls = [];
    }

    beforeEach(async () => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-app-"));
        await start();
        globalThis.fetch = async (input, init) => {
            const url = new URL(input);
            const method = init?.method ?? "GET";
            calls.push(`${method} ${url.pathname}`);
            const headers = init?.headers as Record<string, string>;
            const body = Buffer.from((init?.body as string | undefined) ?? "");
            const answer = await hub.api({ method, url, headers, body });
            const text = answer.status === 204 ? null : JSON.stringify(answer.body);
            return new Response(text, { status: answer.status, headers: answer.headers ?? {} });
        };
    });

    afterEach(async () => {
        globalThis.fetch = realFetch;
        await hub.close();
        fs.rmSync(directory, { recursive: true });
    });

    const args = (over: Partial<FleetPlanArgs> = {}): FleetPlanArgs => ({
        ...fleetArgs,
        files,
        ...over,
    });
    const problems = async (over: Partial<FleetPlanArgs> = {}, app = login) =>
        (await planFleet(githubApi({ app }), args(over))).problems;
    const createFleet = (name = "fleet") =>
        githubApi({ token: "t0ken" }).call("POST", "/orgs/acme/repos", { name, private: true });

    it("makes, plans and commits with one token of the installation", async () => {
        const github = githubApi({ app: login });
        await github.call("POST", "/orgs/acme/repos", { name: "fleet", private: true });
        assert.deepEqual((await planFleet(github, args())).problems, []);
        await commitTree(github, args(), files);
        assert.deepEqual((await planFleet(github, args())).changes, []);
        assert.equal(calls.filter((call) => call.endsWith("/access_tokens")).length, 1);
    });

    it("asks for another token before the first expires", async () => {
        const github = githubApi({ app: login });
        await github.call("GET", "/meta");
        const late = new Date();
        late.setMinutes(late.getMinutes() + 56);
        mock.timers.enable({ apis: ["Date"], now: late });
        try {
            await github.call("GET", "/meta");
        } finally {
            mock.timers.reset();
        }
        assert.equal(calls.filter((call) => call.endsWith("/access_tokens")).length, 2);
    });

    it("names a key that is not the App's, and an installation that it does not have", async () => {
        assert.match(
            (await problems({}, { ...login, privateKey: flux.privateKey })).join(),
            /^github:appAuth: GitHub does/,
        );
        const elsewhere = await problems({}, { ...login, installationId: "20" });
        assert.match(elsewhere.join(), /^github:appAuth\.installationId: the App has no such installation/);
        const wrongKey = await problems({ fluxApp: { ...fluxApp, privateKey: program.privateKey } });
        assert.match(wrongKey.join(), /^landfall:fluxAppPrivateKey: GitHub does not know it/);
        const none = await problems({ fluxApp: { ...fluxApp, installationId: "10" } });
        assert.match(none.join(), /^landfall:fluxAppInstallationId: the App has no such installation/);
    });

    it("names an installation that is suspended", async () => {
        await createFleet();
        await start(administers, { suspended: true });
        assert.match(
            (await problems({ fluxApp })).join(),
            /^landfall:fluxAppInstallationId: the installation is suspended;/,
        );
        hub.installApps([{ id: "1", publicKey: program.publicKey, installation: { ...suspended, id: "10" } }]);
        assert.match((await problems()).join(), /^github:appAuth\.installationId: the installation is suspended; have/);
    });

    it("names each permission that the installation lacks", async () => {
        await createFleet();
        await start({ contents: "read" });
        const [admin, push, propose] = await problems({ mode: "pullRequest" });
        assert.match(
            admin ?? "",
            /^github:appAuth: the App may not administer acme\/fleet; grant its installation Admin/,
        );
        assert.match(push ?? "", /may not push to acme\/fleet; grant its installation Contents: read and write$/);
        assert.match(propose ?? "", /may not open pull requests in acme\/fleet.*Pull requests: read and write$/);
        await start({ metadata: "read" });
        await assert.rejects(problems(), /403 Resource not accessible by integration.*grant it contents=read/);
    });

    describe("has Flux's App reach the fleet repository alone, with what Flux does", () => {
        beforeEach(() => createFleet());

        for (const [title, installed, over, expected] of [
            ["to read", {}, {}, undefined],
            ["to write images", { permissions: { contents: "write" } }, { imageAutomation: true }, undefined],
            [
                "with too little",
                {},
                { imageAutomation: true },
                /^landfall:fluxAppId: .*has not the permission.*Contents: write$/,
            ],
            ["with none", { permissions: {} }, {}, /^landfall:fluxAppId: .*grant it Contents: read$/],
            [
                "with more",
                { permissions: { contents: "write", administration: "write" } },
                {},
                /^landfall:fluxAppId: .*\(administration, contents: write\).*leave it Contents: read alone$/,
            ],
            [
                "in every repository",
                { repositories: undefined },
                {},
                /^landfall:fluxAppInstallationId: Flux's App also reaches acme\/other; select acme\/fleet alone/,
            ],
            [
                "elsewhere",
                { repositories: [] },
                {},
                /^landfall:fluxAppInstallationId: .* does not reach acme\/fleet; select/,
            ],
        ] as const) {
            it(title, async () => {
                await createFleet("other");
                await start(administers, installed);
                const found = await problems({ fluxApp, ...over });
                assert.equal(found.length, expected ? 1 : 0, found.join("\n"));
                assert.match(found.join(), expected ?? /^$/);
            });
        }
    });

    it("wants a repository to exist that an App is to be installed on", async () => {
        assert.match(
            (await problems({ fluxApp })).join(),
            /^landfall:fluxAppInstallationId: .*does not exist; make it/,
        );
    });
});

type Permissions = GitHubAppOptions["installation"]["permissions"];
type Installed = Partial<GitHubAppOptions["installation"]>;

const suspended = { permissions: {}, suspended: true };

const administers: Permissions = { administration: "write", contents: "write", pull_requests: "write" };
