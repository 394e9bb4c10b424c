import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ArmClient } from "../../components/azure/arm-client";
import type { GitHubLogin } from "../../components/settings/github-login";
import { physicalNames } from "../../components/settings/naming";
import { Draft } from "../../tools/init/draft";
import { freeNetwork, nodeSubnet } from "../../tools/init/free-network";
import { Plan } from "../../tools/init/plan";
import { networkQuestion, regionQuestion } from "../../tools/init/questions";
import { githubOwner, networks, regions } from "../../tools/init/surroundings";
import { rangesInUse } from "../../tools/init/taken-ranges";
import { newAppKey } from "../support/github-app";
import { createGitHub, subscriptionId, TestSubscription } from "@landfall/sandbox/testing";

const root = path.join(__dirname, "../..");
const scope = { project: "landfall", stack: "staging", subscriptionId };

/** A subscription with networks, each in a group. */
async function subscriptionWith(wanted: readonly (readonly [group: string, name: string, range: string])[]) {
    const subscription = new TestSubscription();
    const west = { location: "westeurope" };
    for (const [resourceGroupName, virtualNetworkName, range] of wanted) {
        await subscription.make("resources:ResourceGroup", { resourceGroupName }, west);
        await subscription.make(
            "network:VirtualNetwork",
            { resourceGroupName, virtualNetworkName },
            { ...west, addressSpace: { addressPrefixes: [range] } },
        );
    }
    const token = await subscription.deployerToken("https://management.azure.com");
    return new ArmClient(token, subscription.fetch);
}

describe("what npm run init finds out", () => {
    it("proposes a range that no network of the subscription has, and refuses theirs by name", async () => {
        const arm = await subscriptionWith([
            ["hub", "hub-net", "10.10.0.0/15"],
            ["old", "old-net", "10.20.128.0/17"],
        ]);
        const taken = rangesInUse(await networks(arm, subscriptionId), scope);
        const question = networkQuestion(new Plan(root, "staging", "staging"), taken, []);
        assert.equal(question.proposal, "10.30.0.0/16");
        assert.deepEqual(question.answer("10.30.0.0/16"), []);
        assert.deepEqual(question.answer("10.11.4.0/22"), [
            "10.11.4.0/22 overlaps 10.10.0.0/15 of the network hub-net in hub; choose a range that is free",
        ]);
        assert.match(question.answer("169.254.0.0/16").join(), /landfall:vnetCidr: .* which AKS keeps for itself/);
        assert.match(question.answer("10.30.0.0").join(), /is not a CIDR; write a\.b\.c\.d\/n/);
    });

    it("leaves the range to the stack whose network it is", async () => {
        const { clusterGroup, network } = physicalNames(scope);
        const arm = await subscriptionWith([[clusterGroup, network, "10.10.0.0/16"]]);
        const found = await networks(arm, subscriptionId);
        const proposalOf = (stack: string) =>
            networkQuestion(new Plan(root, "staging", "staging"), rangesInUse(found, { ...scope, stack }), []).proposal;
        assert.equal(proposalOf("staging"), "10.10.0.0/16");
        assert.equal(proposalOf("another"), "10.20.0.0/16");
    });

    it("knows the regions of the subscription, and what a misspelt one is near", async () => {
        const known = await regions(await subscriptionWith([]), subscriptionId);
        const { proposal, answer } = regionQuestion(new Plan(root, "staging", "staging"), known);
        assert.equal(proposal, "westeurope");
        assert.deepEqual(answer("North Europe"), []);
        assert.deepEqual(answer("nortEurope"), [
            "the subscription has no region nortEurope; did you mean northeurope?",
        ]);
    });

    it("says why it does not know, when Azure does not let it look", async () => {
        const subscription = new TestSubscription();
        const found = await networks(new ArmClient("no token", subscription.fetch), subscriptionId);
        assert.ok("reason" in found);
        assert.match(found.reason, /Azure did not say about \/subscriptions\/.*\/virtualNetworks: HTTP 401/);
        const question = networkQuestion(new Plan(root, "staging", "staging"), rangesInUse(found, scope), []);
        assert.match(question.note ?? "", /what other networks have is not known: Azure did not say/);
    });

    it("keeps the nodes' range inside of the network's", () => {
        assert.equal(nodeSubnet("10.10.0.0/16", "10.10.4.0/22"), "10.10.4.0/22");
        assert.equal(nodeSubnet("10.40.0.0/16", "10.10.0.0/22"), "10.40.0.0/22");
        assert.equal(nodeSubnet("10.40.8.0/24", "10.10.0.0/22"), "10.40.8.0/24");
        assert.equal(freeNetwork("10.10.0.0/16", ["10.0.0.0/8"]), undefined);
    });
});

describe("the draft of npm run init", () => {
    let repository: string;
    const read = () => fs.readdirSync(repository, { recursive: true, encoding: "utf8" }).sort();

    beforeEach(() => {
        repository = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-draft-"));
        for (const file of ["gitops/a.yaml", "gitops/old.yaml", "packages/sandbox/keys/key", "Pulumi.yaml", "other"]) {
            fs.mkdirSync(path.join(repository, path.dirname(file)), { recursive: true });
            fs.writeFileSync(path.join(repository, file), "as it was");
        }
    });
    afterEach(() => fs.rmSync(repository, { recursive: true }));

    /** A draft with a file that is changed, one that is new in a folder, and one that is gone. */
    function draft(): Draft {
        const made = new Draft(repository);
        made.write("gitops/a.yaml", "new");
        fs.mkdirSync(path.join(made.tree, "b"));
        made.write("gitops/b/c.yaml", "new");
        fs.rmSync(path.join(made.tree, "old.yaml"));
        return made;
    }

    it("takes over what is changed, new or gone, and names it", () => {
        assert.deepEqual(draft().apply(), ["gitops/a.yaml", "gitops/b/c.yaml", "gitops/old.yaml"]);
        const files = ["Pulumi.yaml", "gitops", "gitops/a.yaml", "gitops/b", "gitops/b/c.yaml", "other", "packages"];
        assert.deepEqual(
            read().filter((file) => !file.startsWith("packages/")),
            files,
        );
        assert.equal(fs.readFileSync(path.join(repository, "gitops/a.yaml"), "utf8"), "new");
    });

    it("leaves everything as it was when one of the files cannot be written", () => {
        const made = draft();
        fs.writeFileSync(path.join(repository, "gitops/b"), "in the way");
        const before = read();
        assert.throws(() => made.apply());
        assert.deepEqual(read(), before);
        assert.equal(fs.readFileSync(path.join(repository, "gitops/a.yaml"), "utf8"), "as it was");
    });
});

describe("the owner that npm run init proposes", () => {
    const realFetch = globalThis.fetch;
    let directory: string;

    beforeEach(() => (directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-owner-"))));
    afterEach(() => {
        globalThis.fetch = realFetch;
        fs.rmSync(directory, { recursive: true });
    });

    async function ownerOf(login: GitHubLogin, publicKey: string) {
        const installation = { id: "10", permissions: { metadata: "read" as const } };
        const apps = [{ id: "1", publicKey, installation }];
        const hub = await createGitHub({ directory, owner: "acme", token: "t0ken", apps });
        globalThis.fetch = async (input, init) => {
            const url = new URL(input);
            const headers = init?.headers as Record<string, string>;
            const method = init?.method ?? "GET";
            const body = Buffer.from((init?.body as string | undefined) ?? "");
            const { status, body: answer, headers: sent = {} } = await hub.api({ method, url, headers, body });
            return new Response(JSON.stringify(answer), { status, headers: sent });
        };
        return githubOwner(login).finally(() => hub.close());
    }

    it("is the token's user", async () => {
        assert.deepEqual(await ownerOf({ token: "t0ken" }, newAppKey().publicKey), { value: "sandbox-bot" });
    });

    it("is whose account an App is installed on", async () => {
        const { privateKey, publicKey } = newAppKey();
        assert.deepEqual(await ownerOf({ app: { id: "1", installationId: "10", privateKey } }, publicKey), {
            value: "acme",
        });
    });

    it("is not known with a token that GitHub refuses, which is said", async () => {
        const found = await ownerOf({ token: "another" }, newAppKey().publicKey);
        assert.ok("reason" in found);
        assert.match(found.reason, /401/);
    });
});
