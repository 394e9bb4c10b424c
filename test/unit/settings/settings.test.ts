import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { loadConfiguration, parseConfiguration, SettingsError } from "../../../components/settings/settings";
import { settingKeys } from "../../../components/settings/settings-schema";
import {
    configuration,
    declaredConfig,
    invalidFixtures,
    notAToken,
    placeholderPrivateKey,
    rawConfig,
    settings,
    stackConfig,
    stacks,
} from "../../support/fixtures";
import { newAppKey } from "../../support/github-app";

function refusal(raw: Record<string, unknown>, encrypted?: readonly string[]): SettingsError {
    try {
        parseConfiguration("staging", raw, encrypted);
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
        assert.deepEqual(Object.keys(declaredConfig()), settingKeys);
    });

    it("each have a type and a sentence in Pulumi.yaml", () => {
        for (const [key, { type, description }] of Object.entries(declaredConfig())) {
            assert.match(type, /^(string|integer|boolean|array|object)$/, key);
            assert.match(description, /^[A-Z].*[^.]/, key);
        }
    });

    it("are the same keys in the same order in every stack file, and every one is declared", () => {
        const [first, ...others] = stacks.map((stack) => Object.keys(stackConfig(stack)));
        for (const keys of others) {
            assert.deepEqual(keys, first);
        }
        const own = first?.filter((key) => key.startsWith("landfall:")).map((key) => key.slice("landfall:".length));
        assert.deepEqual(
            own?.filter((key) => !settingKeys.includes(key)),
            [],
        );
    });

    it("without a default are in the stack files", () => {
        const required = Object.entries(declaredConfig()).filter(([, { default: value }]) => value === undefined);
        const absent = required.map(([key]) => key).filter((key) => !(`landfall:${key}` in stackConfig("staging")));
        assert.deepEqual(absent, []);
    });

    for (const stack of stacks) {
        it(`of ${stack} are accepted as committed`, () => {
            const { environment, fleetRepository, fleetBranch, githubOwner, location } = settings(stack);
            assert.deepEqual([environment, fleetRepository, fleetBranch], [stack, `fleet-${stack}`, stack]);
            assert.deepEqual([githubOwner, location], ["landfall-example", "westeurope"]);
        });
    }

    it("of the stacks have networks that can be peered", () => {
        assert.notEqual(settings("staging").vnetCidr, settings("production").vnetCidr);
    });

    it("of production stand the loss of a zone", () => {
        const { clusterTier, systemPool, userPools, registrySku, backupRedundancy } = settings("production");
        assert.deepEqual([clusterTier, registrySku, backupRedundancy], ["Standard", "Premium", "GZRS"]);
        for (const pool of [systemPool, ...Object.values(userPools)]) {
            assert.deepEqual(pool.zones, ["1", "2", "3"]);
        }
        assert.ok(systemPool.minCount >= 3);
    });

    it("are apart from the secrets, which they do not show", () => {
        const { settings: shown, secrets } = configuration("staging");
        const sopsPgpPrivateKey = placeholderPrivateKey.trim();
        assert.deepEqual(secrets, { sopsPgpPrivateKey, githubLogin: { token: notAToken }, fluxApp: undefined });
        for (const secret of [sopsPgpPrivateKey, notAToken]) {
            assert.ok(!JSON.stringify(shown).includes(secret.slice(0, 20)));
        }
    });

    it("have Flux's GitHub App among the secrets, whole", () => {
        const { privateKey } = newAppKey();
        const { settings: shown, secrets } = configuration("staging", {
            "landfall:fluxAppId": "12",
            "landfall:fluxAppInstallationId": "34",
            "landfall:fluxAppPrivateKey": privateKey,
        });
        assert.deepEqual(secrets.fluxApp, { id: "12", installationId: "34", privateKey: privateKey.trim() });
        assert.doesNotMatch(JSON.stringify(shown), /BEGIN RSA/);
    });

    it("take a region as the portal writes it", () => {
        assert.equal(settings("staging", { "azure-native:location": "West Europe" }).location, "westeurope");
    });

    it("take every name of an owner that GitHub gives", () => {
        for (const owner of ["acme", "a-b-c", "octocat_acme", "old-name-", "0"]) {
            assert.equal(settings("staging", { "github:owner": owner }).githubOwner, owner);
        }
        for (const owner of ["_acme", "a--b", "a_b_c", "a/b", "-a", "a b"]) {
            assert.throws(() => settings("staging", { "github:owner": owner }), /github:owner: names no GitHub/, owner);
        }
    });

    it("may name environment and branch other than the stack", () => {
        const other = settings("staging", { "landfall:environment": "production" });
        assert.deepEqual([other.environment, other.fleetBranch], ["production", "production"]);
        assert.equal(settings("staging", { "landfall:fleetBranch": "canary" }).fleetBranch, "canary");
        assert.equal(other.fleetRepository, "fleet-production");
        assert.equal(settings("staging", { "landfall:fleetRepository": "navy" }).fleetRepository, "navy");
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

    for (const key of settingKeys) {
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

    it("names the secrets that the stack file holds in plain text, and does not show them", () => {
        const { privateKey: pemFile } = newAppKey();
        const app = {
            "github:appAuth": JSON.stringify({ id: "1", installationId: "2", pemFile }),
            "landfall:fluxAppId": "1",
            "landfall:fluxAppInstallationId": "2",
            "landfall:fluxAppPrivateKey": pemFile,
        };
        for (const [raw, keys] of [
            [rawConfig("staging"), ["landfall:sopsPgpPrivateKey", "github:token"]],
            [
                { ...without(rawConfig("staging"), "github:token"), ...app },
                ["landfall:sopsPgpPrivateKey", "github:appAuth", "landfall:fluxAppPrivateKey"],
            ],
        ] as const) {
            const { problems, message } = refusal(raw, []);
            assert.deepEqual(
                problems.map(({ key }) => key),
                keys,
            );
            for (const problem of problems) {
                assert.match(problem.message, /^is in plain text in Pulumi\.staging\.yaml; encrypt it: pulumi config/);
            }
            assert.doesNotMatch(message, /xxxx|ghp_|BEGIN RSA/);
        }
    });

    it("says when the key is a public one", () => {
        const key = placeholderPrivateKey.replaceAll("PRIVATE", "PUBLIC");
        const { message } = refusal({ ...rawConfig("staging"), "landfall:sopsPgpPrivateKey": key });
        assert.match(message, /is not an ASCII-armored PGP private key/);
    });
});

describe("loadConfiguration", () => {
    /** Loads with variables set as given, and configuration keys left out. */
    function loaded(variables: Record<string, string>, ...absent: string[]) {
        const { setAllConfig } = pulumi.runtime;
        const before = { ...process.env };
        setAllConfig(without(rawConfig("staging"), ...absent) as Record<string, string>);
        delete process.env.GITHUB_TOKEN;
        Object.assign(process.env, variables);
        try {
            return loadConfiguration();
        } finally {
            process.env = before;
            setAllConfig({});
        }
    }

    it("takes the owner from GITHUB_OWNER where the configuration names none", () => {
        assert.equal(loaded({ GITHUB_OWNER: "someone" }, "github:owner").settings.githubOwner, "someone");
    });

    it("takes the token from GITHUB_TOKEN where the configuration has none, and need not have it encrypted", () => {
        const variables = { GITHUB_TOKEN: "ghp_other", PULUMI_CONFIG_SECRET_KEYS: '["landfall:sopsPgpPrivateKey"]' };
        assert.deepEqual(loaded(variables, "github:token").secrets.githubLogin, { token: "ghp_other" });
        const both = { GITHUB_TOKEN: "ghp_other" };
        assert.deepEqual(loaded(both).secrets.githubLogin, { token: notAToken }, "the configuration comes first");
    });

    it("says how to set a token where there is none", () => {
        assert.throws(
            () => loaded({}, "github:token"),
            /github:token: is not set, nor is GITHUB_TOKEN; export GITHUB_TOKEN, or run: pulumi config set --secret/,
        );
    });
});
