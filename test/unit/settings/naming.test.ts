import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import {
    agentPoolName,
    federatedCredentialName,
    firstCluster,
    type NamingScope,
    physicalNames,
} from "../../../components/settings/naming";

// Azure's rules: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
const rules = {
    durableGroup: /^[a-z0-9-]{1,89}[a-z0-9]$/,
    clusterGroup: /^[a-z0-9-]{1,89}[a-z0-9]$/,
    nodeGroup: /^[a-z0-9-]{1,79}[a-z0-9]$/,
    network: /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/,
    cluster: /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/,
    dnsPrefix: /^[a-z0-9][a-z0-9-]{0,52}[a-z0-9]$/,
    registry: /^[a-z0-9]{5,50}$/,
    keyVault: /^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/,
    storageAccount: /^[a-z0-9]{3,24}$/,
} as const;

// What Pulumi allows in the names of projects and stacks.
const pulumiName = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/);
const scope: fc.Arbitrary<NamingScope> = fc.record({
    project: pulumiName,
    stack: pulumiName,
    subscriptionId: fc.uuid(),
});
const subscription = "11111111-2222-3333-4444-555555555555";

function namesOf(given: NamingScope): Record<keyof typeof rules, string> {
    return physicalNames(given);
}

describe("the names of a stack's clusters", () => {
    const clusterName = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);

    it("are the stack's own for the first", () => {
        const { ofCluster, ...names } = physicalNames({
            project: "landfall",
            stack: "test",
            subscriptionId: subscription,
        });
        assert.equal(names.cluster, "landfall-test");
        for (const [kind, name] of Object.entries(ofCluster(firstCluster))) {
            assert.equal(names[kind as "cluster"], name);
        }
    });

    it("keep to Azure's rules, and are no other cluster's and no other stack's", () => {
        fc.assert(
            fc.property(scope, clusterName, clusterName, (given, name, other) => {
                fc.pre(name !== firstCluster && name !== other);
                const names = physicalNames(given);
                const { cluster, dnsPrefix, clusterGroup, nodeGroup, network } = names.ofCluster(name);
                const beside = physicalNames({ ...given, stack: `${given.stack}-${name}` });
                return (
                    Object.entries({ cluster, dnsPrefix, clusterGroup, nodeGroup, network }).every(([kind, text]) =>
                        rules[kind as "cluster"].test(text),
                    ) &&
                    cluster !== names.ofCluster(other).cluster &&
                    cluster !== beside.cluster
                );
            }),
        );
    });
});

describe("physicalNames", () => {
    for (const [kind, rule] of Object.entries(rules) as [keyof typeof rules, RegExp][]) {
        it(`keeps to Azure's rule for ${kind}, whatever project and stack are called`, () => {
            fc.assert(fc.property(scope, (given) => rule.test(namesOf(given)[kind])));
        });

        it(`gives two scopes of one subscription two names for ${kind}`, () => {
            const pair = fc
                .tuple(scope, scope)
                .filter(([a, b]) => `${a.project}/${a.stack}` !== `${b.project}/${b.stack}`);
            fc.assert(
                fc.property(pair, ([a, b]) => {
                    const sameText = `${a.project}-${a.stack}` === `${b.project}-${b.stack}`;
                    return sameText || namesOf(a)[kind] !== namesOf({ ...b, subscriptionId: a.subscriptionId })[kind];
                }),
            );
        });
    }

    for (const kind of ["registry", "keyVault", "storageAccount"] as const) {
        it(`gives another subscription another ${kind}`, () => {
            fc.assert(
                fc.property(scope, fc.uuid(), (given, subscriptionId) => {
                    fc.pre(subscriptionId !== given.subscriptionId);
                    return namesOf(given)[kind] !== namesOf({ ...given, subscriptionId })[kind];
                }),
            );
        });
    }

    it("is the same on every run", () => {
        const names = physicalNames({
            project: "landfall",
            stack: "staging",
            subscriptionId: subscription,
        });
        assert.deepEqual(
            { ...names, identity: undefined, ofCluster: undefined },
            {
                identity: undefined,
                ofCluster: undefined,
                durableGroup: "landfall-staging-durable",
                clusterGroup: "landfall-staging-cluster",
                nodeGroup: "landfall-staging-nodes",
                network: "landfall-staging",
                cluster: "landfall-staging",
                dnsPrefix: "landfall-staging",
                registry: "landfallstaging2cyegyvu",
                keyVault: "landfall-stagin-2cyegyvu",
                storageAccount: "landfallstaging2cyegyvu",
            },
        );
    });

    it("takes the names that the settings give", () => {
        const overrides = { registryName: "ours", keyVaultName: "our-vault", storageAccountName: "ourbackups" };
        const names = physicalNames({ project: "landfall", stack: "staging", subscriptionId: subscription }, overrides);
        assert.deepEqual([names.registry, names.keyVault, names.storageAccount], ["ours", "our-vault", "ourbackups"]);
    });

    it("names an identity by its role", () => {
        const names = physicalNames({ project: "landfall", stack: "staging", subscriptionId: subscription });
        assert.equal(names.identity("velero"), "landfall-staging-velero");
    });
});

describe("agentPoolName", () => {
    it("is at most 12 characters for every pool name that the settings accept", () => {
        const pool = fc.stringMatching(/^[a-z]{1,11}$/);
        const zone = fc.option(fc.constantFrom("1", "2", "3"), { nil: undefined });
        fc.assert(fc.property(pool, zone, (name, at) => /^[a-z][a-z0-9]{0,11}$/.test(agentPoolName(name, at))));
    });
});

describe("federatedCredentialName", () => {
    it("keeps to Azure's rule for every subject", () => {
        fc.assert(
            fc.property(fc.string({ minLength: 1 }), (subject) =>
                /^[a-zA-Z0-9][a-zA-Z0-9-_]{2,119}$/.test(federatedCredentialName(subject)),
            ),
        );
    });

    it("gives two subjects two names", () => {
        fc.assert(
            fc.property(
                fc.string(),
                fc.string(),
                (a, b) => a === b || federatedCredentialName(a) !== federatedCredentialName(b),
            ),
        );
    });

    it("can be read", () => {
        assert.match(federatedCredentialName("system:serviceaccount:velero:velero"), /^velero-velero-[a-z0-9]{8}$/);
    });
});
