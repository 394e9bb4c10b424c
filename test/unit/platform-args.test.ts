import * as assert from "node:assert/strict";
import { chooseLogin } from "../../components/azure/kubeconfig";
import { platformArgs } from "../../components/platform-args";
import { isSecretOutput, valueOf } from "../support/deploy";
import { configuration, notAToken, placeholderPrivateKey } from "../support/fixtures";
import { preflightOf } from "../support/platform";

const login = chooseLogin({});

function args(stack: string, changes: Record<string, unknown> = {}) {
    const configured = configuration(stack, changes);
    return platformArgs(configured, preflightOf(configured.settings), login, {});
}

describe("platformArgs", () => {
    it("hands the private key on as a secret, and the token not at all", async () => {
        const { flux, ...rest } = args("staging");
        assert.equal(await isSecretOutput(flux.sopsPgpPrivateKey as never), true);
        assert.equal(await valueOf(flux.sopsPgpPrivateKey as never), placeholderPrivateKey.trim());
        const plain = JSON.stringify(rest);
        assert.ok(!plain.includes(notAToken) && !plain.includes("PRIVATE KEY"));
    });

    it("spreads a registry over zones where it can and the nodes are", () => {
        for (const [stack, changes, expected] of [
            ["production", {}, true],
            ["production", { "landfall:registrySku": "Standard" }, false],
            ["staging", { "landfall:registrySku": "Premium" }, false],
        ] as const) {
            assert.equal(args(stack, changes).foundation.registry.zoneRedundant, expected, stack);
        }
    });

    it("has a pipeline only where a repository is named", () => {
        assert.equal(args("staging", { "landfall:ciRepository": "" }).foundation.registry.ci, undefined);
        const { ci } = args("staging", { "landfall:ciRepository": "acme/app" }).foundation.registry;
        assert.deepEqual(ci, { repository: "acme/app", environment: "staging" });
    });

    it("names the tree's hosts after the domain, or after the environment where there is none", () => {
        assert.equal(args("staging", { "landfall:domain": "a.example.com" }).clusterVars.domain, "a.example.com");
        assert.equal(args("staging", { "landfall:domain": "" }).clusterVars.domain, "staging.internal");
    });

    it("passes what the preflight found", () => {
        const { names, deployer, fleet, sopsFingerprints } = args("staging");
        const found = preflightOf(configuration("staging").settings);
        assert.deepEqual([names.cluster, deployer], [found.names.cluster, found.deployer]);
        assert.deepEqual([fleet.files, fleet.plan, sopsFingerprints], [found.files, found.fleet, ["AA"]]);
    });
});
