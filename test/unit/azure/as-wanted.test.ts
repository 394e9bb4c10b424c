import * as assert from "node:assert/strict";
import { isAsWanted } from "../../../components/azure/as-wanted";

// What Azure answers to clusters and pools that were asked for as on the left: see the recordings of
// Azure/azure-service-operator (Test_AKS_ManagedCluster_20250801_CRUD) and Azure/azure-cli (test_aks_nodepool_*).
const same: readonly (readonly [what: string, wanted: unknown, live: unknown])[] = [
    ["properties that Azure adds", { enabled: true }, { enabled: true, config: null, identity: { clientId: "a" } }],
    ["another spelling", { backendPoolType: "NodeIPConfiguration" }, { backendPoolType: "nodeIPConfiguration" }],
    ["an id in lower case", "/subscriptions/s/resourceGroups/g", "/subscriptions/s/resourcegroups/g"],
    ["another order", ["1", "2", "3"], ["3", "1", "2"]],
    ["what is off, empty or a default, and left out", { a: false, b: [], c: {}, d: 0, e: "Regular" }, {}],
    ["nothing that was asked for", { nodeLabels: undefined }, { nodeLabels: { a: "b" } }],
];

const different: readonly (readonly [what: string, wanted: unknown, live: unknown])[] = [
    ["another value", { tier: "Standard" }, { tier: "Free" }],
    ["what is on, and left out", { disableRunCommand: true }, {}],
    ["an address more", { authorizedIPRanges: ["203.0.113.0/24"] }, {}],
    ["a taint that Azure has and nobody wants", { nodeTaints: [] }, { nodeTaints: ["a=b:NoSchedule"] }],
    ["another entry of a list", ["1", "2"], ["1", "3"]],
    ["another number", { maxCount: 3 }, { maxCount: 4 }],
];

describe("isAsWanted", () => {
    for (const [what, wanted, live] of same) {
        it(`takes for the same: ${what}`, () => assert.equal(isAsWanted(wanted, live), true));
    }
    for (const [what, wanted, live] of different) {
        it(`takes for a difference: ${what}`, () => assert.equal(isAsWanted(wanted, live), false));
    }
});
