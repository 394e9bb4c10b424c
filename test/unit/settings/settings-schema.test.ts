import * as assert from "node:assert/strict";
import { nestedKeys, settingKeys, settingsSchema } from "../../../components/settings/settings-schema";
import { rawConfig } from "../../support/fixtures";

const raw = Object.fromEntries(
    Object.entries(rawConfig("staging"))
        .filter(([key]) => key.startsWith("landfall:"))
        .map(([key, value]) => [key.slice("landfall:".length), value]),
);
const parsed = (changes: Record<string, unknown> = {}) => settingsSchema.safeParse({ ...raw, ...changes });
const accepts = (changes: Record<string, unknown>) => parsed(changes).success;

describe("the schema of the settings", () => {
    it("takes values as the engine writes them, as text, and as a stack file has them", () => {
        for (const [text, value] of [
            ["true", true],
            ["false", false],
        ] as const) {
            assert.equal(parsed({ protectDurable: text }).data?.protectDurable, value);
            assert.equal(parsed({ protectDurable: value }).data?.protectDurable, value);
        }
        assert.equal(parsed({ readyTimeoutMinutes: "30" }).data?.readyTimeoutMinutes, 30);
        assert.deepEqual(parsed({ authorizedIpRanges: '["203.0.113.0/24"]' }).data?.authorizedIpRanges, [
            "203.0.113.0/24",
        ]);
    });

    it("takes an empty text for not set, where a setting may be left out", () => {
        for (const key of [
            "environment",
            "registryName",
            "keyVaultName",
            "storageAccountName",
            "domain",
            "ciRepository",
        ]) {
            assert.equal((parsed({ [key]: "" }).data as Record<string, unknown>)[key], undefined, key);
        }
        assert.equal(accepts({ fleetRepository: "owner/fleet" }), false);
    });

    it("keeps to the limits of Azure's names", () => {
        for (const [key, shortest, tooShort, longest] of [
            ["registryName", 5, 4, 50],
            ["keyVaultName", 3, 2, 24],
            ["storageAccountName", 3, 2, 24],
        ] as const) {
            const name = (length: number) => ({ [key]: "a".repeat(length) });
            assert.deepEqual(
                [shortest, longest].map((length) => accepts(name(length))),
                [true, true],
                key,
            );
            assert.deepEqual(
                [tooShort, longest + 1].map((length) => accepts(name(length))),
                [false, false],
                key,
            );
        }
        assert.equal(accepts({ keyVaultName: "a--b" }), false);
    });

    it("takes labels and taints in Kubernetes' own form only", () => {
        const pools = (pool: object) => {
            const size = { vmSize: "Standard_D4ds_v5", minCount: 0, maxCount: 1, zones: [] };
            return { userPools: { apps: { ...size, ...pool } } };
        };
        assert.ok(accepts(pools({ labels: { "example.com/team": "a" }, taints: ["a=b:NoSchedule", "c:NoExecute"] })));
        for (const wrong of [{ labels: { "-a": "b" } }, { labels: { a: "b c" } }, { taints: ["a=b"] }, { other: 1 }]) {
            assert.equal(accepts(pools(wrong)), false, JSON.stringify(wrong));
        }
    });

    it("knows the keys inside of the structured settings", () => {
        assert.deepEqual(Object.keys(nestedKeys).sort(), [
            "maintenanceWindow",
            "systemPool",
            "teamPipelines",
            "userPools",
        ]);
        assert.ok(nestedKeys.userPools?.includes("spot"));
        assert.ok(Object.keys(nestedKeys).every((key) => settingKeys.includes(key)));
    });
});
