import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { loadSettings, parseSettings, SettingsError } from "../../../components/settings/settings";
import { SETTING_KEYS } from "../../../components/settings/settings-schema";
import { isSecretOutput, valueOf } from "../../support/deploy";
import {
    declaredConfig,
    invalidFixtures,
    PLACEHOLDER_PRIVATE_KEY,
    rawConfig,
    settings,
    stackConfig,
    STACKS,
} from "../../support/fixtures";

function refusal(raw: Record<string, unknown>, encrypted?: readonly string[]): SettingsError {
    try {
        parseSettings("staging", raw, encrypted);
    } catch (error) {
        assert.ok(error instanceof SettingsError);
        return error;
    }
    assert.fail("the settings were accepted");
}

function without(raw: Record<string, unknown>, ...keys: string[]): Record<string, unknown> {
    return Object.fromEntries(Object.entries(raw).filter(([key]) => !keys.includes(key)));
}

describe("settings", () => {
    it("are the same keys in code and in Pulumi.yaml, in the same order", () => {
        assert.deepEqual(Object.keys(declaredConfig()), SETTING_KEYS);
    });

    it("each have a type and a sentence in Pulumi.yaml", () => {
        for (const [key, { type, description }] of Object.entries(declaredConfig())) {
            assert.match(type, /^(string|integer|boolean|array|object)$/, key);
            assert.match(description, /^[A-Z].*[^.]/, key);
        }
    });

    it("are the same keys in the same order in every stack file, and every one is declared", () => {
        const [first, ...others] = STACKS.map((stack) => Object.keys(stackConfig(stack)));
        for (const keys of others) assert.deepEqual(keys, first);
        const own = first?.filter((key) => key.startsWith("landfall:")).map((key) => key.slice("landfall:".length));
        assert.deepEqual(
            own?.filter((key) => !SETTING_KEYS.includes(key)),
            [],
        );
    });

    it("without a default are in the stack files", () => {
        const required = Object.entries(declaredConfig()).filter(([, { default: value }]) => value === undefined);
        const absent = required.map(([key]) => key).filter((key) => !(`landfall:${key}` in stackConfig("staging")));
        assert.deepEqual(absent, []);
    });

    for (const stack of STACKS) {
        it(`of ${stack} are accepted as committed`, () => {
            const { environment, fleetBranch, githubOwner, location } = settings(stack);
            assert.deepEqual([environment, fleetBranch], [stack, stack]);
            assert.deepEqual([githubOwner, location], ["landfall-example", "westeurope"]);
        });
    }

    it("of the stacks have networks that can be peered", () => {
        assert.notEqual(settings("staging").vnetCidr, settings("production").vnetCidr);
    });

    it("of production stand the loss of a zone", () => {
        const { clusterTier, systemPool, userPools, registrySku, backupRedundancy } = settings("production");
        assert.deepEqual([clusterTier, registrySku, backupRedundancy], ["Standard", "Premium", "GZRS"]);
        for (const pool of [systemPool, ...Object.values(userPools)]) assert.deepEqual(pool.zones, ["1", "2", "3"]);
        assert.ok(systemPool.minCount >= 3);
    });

    it("keep the private key as a secret", async () => {
        const { sopsPgpPrivateKey } = settings("staging");
        assert.equal(await isSecretOutput(sopsPgpPrivateKey), true);
        assert.equal(await valueOf(sopsPgpPrivateKey), PLACEHOLDER_PRIVATE_KEY.trim());
    });

    it("take a region as the portal writes it", () => {
        assert.equal(settings("staging", { "azure-native:location": "West Europe" }).location, "westeurope");
    });

    it("may name environment and branch other than the stack", () => {
        const other = settings("staging", { "landfall:environment": "production" });
        assert.deepEqual([other.environment, other.fleetBranch], ["production", "production"]);
        assert.equal(settings("staging", { "landfall:fleetBranch": "canary" }).fleetBranch, "canary");
    });

    it("accept zones written as numbers", () => {
        const { zones } = settings("staging", {
            "landfall:systemPool": { vmSize: "Standard_D2ds_v5", minCount: 1, maxCount: 3, zones: [1, 2] },
        }).systemPool;
        assert.deepEqual(zones, ["1", "2"]);
    });
});

describe("a refusal of settings", () => {
    for (const { name, config, expected } of invalidFixtures()) {
        it(`names the rule: ${name}`, () => {
            const found = refusal({ ...rawConfig("staging"), ...config });
            const lines = found.problems.map(({ key, message }) => `${key}: ${message}`);
            assert.equal(lines.length, 1, lines.join("\n"));
            assert.ok(lines[0]?.startsWith(expected), `${lines[0]} does not start with ${expected}`);
        });
    }

    it("lists every problem at once, and the stack", () => {
        const raw = without(rawConfig("staging"), "landfall:vnetCidr", "github:owner");
        const { message } = refusal({ ...raw, "landfall:clusterTier": "Best", "landfall:colour": "blue" });
        assert.match(message, /^Stack staging cannot be deployed/);
        assert.match(message, /landfall:vnetCidr: is not set; write it in Pulumi\.staging\.yaml/);
        assert.match(message, /github:owner: names no GitHub user/);
        assert.match(message, /landfall:clusterTier: "Best"/);
        assert.match(message, /landfall:colour: is not a setting/);
    });

    for (const key of SETTING_KEYS) {
        it(`names ${key} when it is missing`, () => {
            const { problems } = refusal(without(rawConfig("staging"), `landfall:${key}`));
            assert.deepEqual(
                problems.map((problem) => problem.key),
                [`landfall:${key}`],
            );
            assert.match(problems[0]?.message ?? "", /^is not set; /);
        });
    }

    it("never shows a private key", () => {
        const key = "-----BEGIN PGP PRIVATE KEY BLOCK-----\nLEAK";
        assert.doesNotMatch(refusal({ ...rawConfig("staging"), "landfall:sopsPgpPrivateKey": key }).message, /LEAK/);
    });

    it("meets a private key that the stack file holds in plain text, and does not show it", () => {
        const { problems } = refusal(rawConfig("staging"), []);
        assert.deepEqual(
            problems.map(({ key }) => key),
            ["landfall:sopsPgpPrivateKey"],
        );
        assert.match(
            problems[0]?.message ?? "",
            /^is in plain text in Pulumi\.staging\.yaml; encrypt it: pulumi config/,
        );
        assert.doesNotMatch(problems[0]?.message ?? "", /xxxx/);
    });

    it("says when the key is a public one", () => {
        const key = PLACEHOLDER_PRIVATE_KEY.replaceAll("PRIVATE", "PUBLIC");
        const { message } = refusal({ ...rawConfig("staging"), "landfall:sopsPgpPrivateKey": key });
        assert.match(message, /is not an ASCII-armored PGP private key/);
    });
});

describe("loadSettings", () => {
    it("takes the owner from GITHUB_OWNER where the configuration names none", () => {
        const { setAllConfig } = pulumi.runtime;
        const raw = without(rawConfig("staging"), "github:owner") as Record<string, string>;
        setAllConfig(raw);
        process.env["GITHUB_OWNER"] = "someone";
        try {
            assert.equal(loadSettings().githubOwner, "someone");
        } finally {
            delete process.env["GITHUB_OWNER"];
            setAllConfig({});
        }
    });
});
