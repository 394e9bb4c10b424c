import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { crossCheck } from "../../../components/settings/settings-rules";
import type { SettingValues } from "../../../components/settings/settings-schema";
import { settings } from "../../support/fixtures";

const pool = { vmSize: "Standard_D4ds_v5", minCount: 1, maxCount: 3, zones: [], labels: {}, taints: [], spot: false };

/** What is wrong with the settings of staging, changed as given: each as `key: message`. */
function problems(changes: Partial<SettingValues> = {}): string[] {
    const values = { ...settings("staging"), ...changes } as unknown as SettingValues;
    return crossCheck(values).map(({ key, message }) => `${key}: ${message}`);
}

const keysOf = (lines: readonly string[]) => lines.map((line) => line.split(": ")[0]);

describe("the rules that join settings", () => {
    it("accept the settings as committed", () => {
        assert.deepEqual(problems(), []);
    });

    it("keep the active cluster in the list", () => {
        assert.deepEqual(problems({ clusters: ["blue", "green"], activeCluster: "green" }), []);
        assert.deepEqual(problems({ clusters: ["blue", "green"], activeCluster: "greem" }), [
            "landfall:activeCluster: greem is not in landfall:clusters (blue, green); did you mean green?",
        ]);
        const [dropped] = problems({ clusters: ["green"], activeCluster: "blue" });
        assert.match(dropped ?? "", /keep it there until another has taken over: npm run switch -- --to green$/);
    });

    it("name each range that lies where it may not, all at once", () => {
        const lines = problems({
            nodeSubnetCidr: "192.168.0.0/22",
            podCidr: "10.10.0.0/16",
            serviceCidr: "10.10.0.0/16",
        });
        assert.deepEqual(keysOf(lines), [
            "landfall:nodeSubnetCidr",
            "landfall:podCidr",
            "landfall:serviceCidr",
            "landfall:serviceCidr",
        ]);
    });

    it("accept service ranges from /13 to /28", () => {
        for (const [cidr, accepted] of [
            ["172.16.0.0/12", false],
            ["172.16.0.0/13", true],
            ["172.16.0.0/28", true],
            ["172.16.0.0/29", false],
        ] as const) {
            assert.equal(problems({ serviceCidr: cidr }).length === 0, accepted, cidr);
        }
    });

    // A pool's nodes are maxCount and a third of it, rounded up, in each of its zones.
    it("count the nodes that an upgrade adds, in every zone of a pool", () => {
        const systemPool = { ...pool, zones: [] };
        const apps = (maxCount: number, zones: ("1" | "2" | "3")[] = []) => ({ apps: { ...pool, maxCount, zones } });
        // A /27 has 32 addresses, of which Azure keeps five: 27 nodes. The system pool takes 3 + 1.
        const narrow = { systemPool, nodeSubnetCidr: "10.10.0.0/27" };
        assert.deepEqual(problems({ ...narrow, userPools: apps(17) }), []);
        assert.match(problems({ ...narrow, userPools: apps(18) })[0] ?? "", /has 27 addresses .* can grow to 28 nodes/);
        assert.deepEqual(problems({ ...narrow, userPools: apps(5, ["1", "2", "3"]) }), []);
        assert.match(problems({ ...narrow, userPools: apps(6, ["1", "2", "3"]) })[0] ?? "", /can grow to 28 nodes/);
    });

    it("want a range of /24 for the pods of each node", () => {
        const systemPool = { ...pool, zones: [] };
        // 4 + 4 nodes need eight ranges, which a /21 has.
        const eight = { systemPool, userPools: { apps: pool } };
        assert.deepEqual(problems({ ...eight, podCidr: "10.244.0.0/21" }), []);
        const lines = problems({ ...eight, podCidr: "10.244.0.0/22" });
        assert.deepEqual(keysOf(lines), ["landfall:podCidr"]);
        assert.match(lines[0] ?? "", /holds 4 ranges of \/24/);
    });

    it("never accept more nodes than there are addresses", () => {
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 20, max: 28 }), (maxCount, prefix) => {
                const systemPool = { ...pool, maxCount: 1, zones: [] };
                const userPools = { apps: { ...pool, maxCount } };
                const found = problems({ systemPool, userPools, nodeSubnetCidr: `10.10.0.0/${prefix}` });
                const addresses = 2 ** (32 - prefix) - 5;
                const nodes = 2 + maxCount + Math.ceil(maxCount / 3);
                assert.equal(keysOf(found).includes("landfall:nodeSubnetCidr"), addresses < nodes);
            }),
        );
    });

    it("want a node of the system pool for each of its zones", () => {
        const lines = problems({ systemPool: { ...pool, maxCount: 2, zones: ["1", "2", "3"] } });
        assert.match(lines[0] ?? "", /^landfall:systemPool\.maxCount: is 2, fewer than its 3 zones/);
    });

    it("leave the ranges next to a reserved one alone", () => {
        for (const serviceCidr of ["172.29.0.0/16", "169.253.0.0/16", "192.0.3.0/24", "192.0.1.0/24"]) {
            assert.deepEqual(problems({ serviceCidr }), [], serviceCidr);
        }
    });

    it("take labels and taints below other domains, and those that a kubelet may set", () => {
        const labels = {
            "example.com/team": "a",
            "node.kubernetes.io/purpose": "b",
            "kubelet.kubernetes.io/x": "c",
            "notkubernetes.io/x": "d",
        };
        const taints = ["sku=gpu:NoSchedule", "example.com/only:NoExecute"];
        assert.deepEqual(problems({ userPools: { apps: { ...pool, labels, taints } } }), []);
    });
});
