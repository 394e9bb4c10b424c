import * as assert from "node:assert/strict";
import * as path from "node:path";
import { ArmClient } from "../../components/azure/arm-client";
import { checkSubscription } from "../../components/preflight/azure/subscription-checks";
import type { Finding } from "../../components/preflight/finding";
import { physicalNames } from "../../components/settings/naming";
import { settings } from "../support/fixtures";
import { minimalRoles, readDeployerRole } from "@landfall/sandbox";
import { deployer, subscription as scope, subscriptionId, TestSubscription } from "@landfall/sandbox/testing";

type Options = ConstructorParameters<typeof TestSubscription>[0];
type Traits = NonNullable<NonNullable<Options>["traits"]>;

const customRole = readDeployerRole(path.join(__dirname, "../.."));
const names = physicalNames({ project: "landfall", stack: "staging", subscriptionId });

interface Case {
    readonly traits?: Traits;
    readonly roles?: readonly string[];
    readonly stack?: string;
    readonly changes?: Record<string, unknown>;
    readonly isPreview?: boolean;
    readonly byDeployer?: boolean;
    readonly prepare?: (subscription: TestSubscription) => Promise<unknown>;
    readonly token?: string;
}

/** What the checks find out about a subscription that is sound but for what is given. */
async function check({ traits = {}, roles = minimalRoles(customRole), stack = "staging", ...of }: Case = {}) {
    const subscription = new TestSubscription({ deployer: { ...deployer, customRole }, traits });
    await of.prepare?.(subscription);
    subscription.azure.setDeployerRoles(roles);
    const token = await subscription.deployerToken("https://management.azure.com");
    const { isPreview = false, byDeployer = true } = of;
    const subject = {
        ...{ subscriptionId, names, settings: settings(stack, of.changes) },
        ...{ changes: !isPreview, byDeployer },
    };
    return checkSubscription(new ArmClient(token, subscription.fetch), subject, of.token ?? token);
}

const problems = (findings: readonly Finding[]) => findings.flatMap((finding) => finding.problems);
const warnings = (findings: readonly Finding[]) => findings.flatMap((finding) => finding.warnings);
const unknown = (findings: readonly Finding[]) =>
    findings.filter((finding) => finding.unknown !== undefined).map(({ title }) => title);

const pool = (vmSize: string, minCount: number, zones: string[] = [], spot = false) => ({
    "landfall:userPools": { apps: { vmSize, minCount, maxCount: minCount + 1, zones, spot } },
});

/** Puts pools into the place of the stack's cluster. */
async function cluster(subscription: TestSubscription, pools: Record<string, number>, version = "1.36") {
    await subscription.make("resources:ResourceGroup", { resourceGroupName: names.clusterGroup }, west);
    await subscription.make("resources:ResourceGroup", { resourceGroupName: names.durableGroup }, west);
    const of = { resourceGroupName: names.clusterGroup, resourceName: names.cluster };
    const shared = { vmSize: "Standard_D4ds_v5", osType: "Linux", type: "VirtualMachineScaleSets" };
    await subscription.make("containerservice:ManagedCluster", of, {
        ...west,
        dnsPrefix: "landfall",
        kubernetesVersion: version,
        nodeResourceGroup: names.nodeGroup,
        identity: { type: "SystemAssigned" },
        agentPoolProfiles: [{ ...shared, vmSize: "Standard_D2ds_v5", name: "system", mode: "System", count: 1 }],
    });
    for (const [agentPoolName, count] of Object.entries(pools)) {
        const inputs = { ...shared, mode: "User", count };
        await subscription.make("containerservice:AgentPool", { ...of, agentPoolName }, inputs);
    }
}

const west = { location: "westeurope" };

describe("the look at a subscription, in the Azure stand-in", () => {
    for (const stack of ["staging", "production"]) {
        it(`finds nothing wrong with a sound one for ${stack}`, async () => {
            const findings = await check({ stack });
            assert.deepEqual([problems(findings), warnings(findings), unknown(findings)], [[], [], []]);
        });
    }

    it("finds nothing wrong with a stack that runs, whose nodes use up all of the quota", async () => {
        const findings = await check({
            traits: {
                vcpuLimits: new Map([
                    ["cores", 6],
                    ["standardDDSv5Family", 6],
                ]),
            },
            prepare: (subscription) => cluster(subscription, { apps: 1 }),
        });
        assert.deepEqual([problems(findings), warnings(findings), unknown(findings)], [[], [], []]);
    });

    const limits = (entries: Record<string, number>): Traits => ({ vcpuLimits: new Map(Object.entries(entries)) });
    const cases: readonly (readonly [title: string, of: Case, expected: readonly RegExp[]])[] = [
        [
            "services that nobody has registered, one line each",
            { traits: { unregistered: new Set(["microsoft.keyvault", "microsoft.compute"]) } },
            [
                /^Microsoft\.Compute: .* run: az provider register --wait --namespace Microsoft\.Compute$/,
                /^Microsoft\.KeyVault: .* run: az provider register --wait --namespace Microsoft\.KeyVault$/,
            ],
        ],
        [
            "a region with too few vCPUs, for all pools together",
            { stack: "production", traits: limits({ cores: 20 }) },
            [
                /^landfall:systemPool, landfall:userPools\.apps: the pools need 36 vCPUs more of "Total Regional vCPUs" in westeurope, but 0 of 20 .*az quota create --resource-name cores .*--limit-object value=36$/,
            ],
        ],
        [
            "a family with too few vCPUs, beside another that has enough",
            { changes: pool("Standard_E8ds_v5", 2), traits: limits({ standardEDSv5Family: 10 }) },
            [/^landfall:userPools\.apps: the pools need 16 vCPUs more of "Standard EDSv5 Family vCPUs"/],
        ],
        [
            "spot machines beyond their own quota",
            { changes: pool("Standard_D4ds_v5", 2, [], true), traits: limits({ lowPriorityCores: 3 }) },
            [/^landfall:userPools\.apps: the pools need 8 vCPUs more of "Total Regional Spot vCPUs"/],
        ],
        [
            "the nodes that a raised minimum adds, and those alone",
            {
                changes: pool("Standard_D4ds_v5", 3),
                traits: limits({ cores: 10 }),
                prepare: (subscription) => cluster(subscription, { apps: 1 }),
            },
            [/^landfall:userPools\.apps: the pools need 8 vCPUs more of "Total.* but 6 of 10 are in use/],
        ],
        [
            "a size that the region does not have",
            { changes: pool("Standard_M128s", 1) },
            [
                /^landfall:userPools\.apps\.vmSize: westeurope does not offer Standard_M128s; .*az vm list-skus --location westeurope/,
            ],
        ],
        [
            "a size that the subscription may not use",
            { traits: { restrictedSizes: new Map([["standard_d2ds_v5", "NotAvailableForSubscription"]]) } },
            [
                /^landfall:systemPool\.vmSize: this subscription cannot use Standard_D2ds_v5 in westeurope \(NotAvailableForSubscription\)/,
            ],
        ],
        [
            "zones in a region without",
            { changes: { ...pool("Standard_D4ds_v5", 1, ["1", "3"]), "azure-native:location": "westus" } },
            [
                /^landfall:userPools\.apps\.zones: Standard_D4ds_v5 is not to be had in zone 1 of westus, which offers no zones/,
                /in zone 3 of westus/,
            ],
        ],
        [
            "copies that the region does not keep",
            { changes: { "landfall:backupRedundancy": "GZRS", "azure-native:location": "polandcentral" } },
            [
                /^landfall:backupRedundancy: polandcentral has no storage accounts of GZRS; write LRS or ZRS \(az storage sku list/,
            ],
        ],
        [
            "roles that do not suffice for an update",
            { roles: ["Contributor"] },
            [
                /^rights: the deployer may not do Microsoft\.Authorization\/roleAssignments\/write on \/subscriptions\/.*az role assignment create/,
            ],
        ],
        [
            "a node resource group without its cluster",
            {
                prepare: (subscription) =>
                    subscription.make("resources:ResourceGroup", { resourceGroupName: names.nodeGroup }, west),
            },
            [/^landfall-staging-nodes: AKS makes this resource group .*az group delete --name landfall-staging-nodes$/],
        ],
        [
            "a policy that wants a tag",
            {
                traits: {
                    policies: [
                        {
                            id: `${scope}/providers/Microsoft.Authorization/policyAssignments/owner-tag`,
                            field: "tags.owner",
                            denies: (value) => value === undefined,
                        },
                    ],
                },
            },
            Array.from(
                { length: 8 },
                () =>
                    /^Microsoft\.\S+: the policy assignment .*\/owner-tag denies it for its tags\.owner .*az policy exemption create/,
            ),
        ],
        [
            "a policy on regions",
            {
                traits: {
                    policies: [
                        {
                            id: `${scope}/providers/Microsoft.Authorization/policyAssignments/allowed-locations`,
                            field: "location",
                            denies: (value) => value === "westeurope",
                        },
                    ],
                },
            },
            Array.from({ length: 7 }, () => /denies it for its location/),
        ],
    ];
    for (const [title, of, expected] of cases) {
        it(`names ${title}`, async () => {
            const lines = problems(await check(of));
            assert.equal(lines.length, expected.length, lines.join("\n"));
            expected.forEach((pattern, at) => assert.match(lines[at] ?? "", pattern));
        });
    }

    it("leaves a policy on other properties alone, of which the question says nothing", async () => {
        const id = `${scope}/providers/Microsoft.Authorization/policyAssignments/tls`;
        const field = "Microsoft.Storage/storageAccounts/minimumTlsVersion";
        const policy = { id, field, denies: (value: unknown) => value === undefined };
        assert.deepEqual(problems(await check({ traits: { policies: [policy] } })), []);
    });

    it("only warns a preview of roles that do not suffice, since a preview needs to read", async () => {
        const findings = await check({ roles: ["Reader"], isPreview: true });
        assert.deepEqual(problems(findings), []);
        assert.match(
            warnings(findings).join(),
            /^rights: the deployer may not do .*resourceGroups\/write, .*managedClusters/,
        );
    });

    it("does not know the rights of a deployer that somebody else asks for", async () => {
        const findings = await check({ roles: ["Reader"], isPreview: true, byDeployer: false });
        assert.deepEqual([problems(findings), warnings(findings)], [[], []]);
        assert.deepEqual(unknown(findings), ["rights of the deployer"]);
    });

    it("does not know what the deployer may not read, and stops at none of it", async () => {
        const findings = await check({ roles: ["AcrPull"], isPreview: true });
        assert.deepEqual(problems(findings), []);
        assert.deepEqual(unknown(findings), [
            "services of the subscription",
            "rights of the deployer",
            "vCPU quota",
            "VM sizes and zones",
            "Kubernetes version",
            "node resource group",
            "redundancy of the backups",
            "policies",
        ]);
        assert.match(findings[0]?.unknown ?? "", /HTTP 403 AuthorizationFailed/);
    });

    describe("of a machine that is to reach the API server", () => {
        const of = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.e30`;
        const changes = { "landfall:authorizedIpRanges": ["203.0.113.0/24"] };

        it("warns when Entra ID saw it outside of the ranges", async () => {
            const findings = await check({ changes, token: of({ ipaddr: "198.51.100.7" }) });
            assert.match(
                warnings(findings).join(),
                /^landfall:authorizedIpRanges: .* at 198\.51\.100\.7, .* add 198\.51\.100\.7\/32/,
            );
            assert.deepEqual(problems(findings), []);
        });

        it("is content when it saw it inside", async () => {
            assert.deepEqual(warnings(await check({ changes, token: of({ ipaddr: "203.0.113.9" }) })), []);
        });

        it("does not know when the token says nothing of it", async () => {
            assert.deepEqual(unknown(await check({ changes })), ["address of this machine"]);
        });
    });
});
