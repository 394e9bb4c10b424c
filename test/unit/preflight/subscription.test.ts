import * as assert from "node:assert/strict";
import { ArmClient } from "../../../components/azure/arm-client";
import { kubernetesVersion } from "../../../components/preflight/azure/kubernetes-version";
import { Subscription } from "../../../components/preflight/azure/subscription";
import { NotKnown } from "../../../components/preflight/finding";
import { physicalNames } from "../../../components/settings/naming";
import { settings } from "../../support/fixtures";

interface Reply {
    readonly status?: number;
    readonly body: unknown;
}

/** A subscription that answers by the end of a path, in order; there is nothing else in it. */
function subscription(replies: Record<string, readonly Reply[]>) {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = (target) => {
        assert.ok(typeof target === "string");
        const { pathname, search } = new URL(target);
        const queue = Object.entries(replies).find(([end]) => pathname.endsWith(end))?.[1] ?? [];
        const nth = asked.filter((path) => path.startsWith(pathname)).length;
        asked.push(pathname + search);
        const { status = 200, body } = queue[nth] ?? { status: 404, body: {} };
        return Promise.resolve(new Response(JSON.stringify(body), { status }));
    };
    const arm = new ArmClient("token", fetch, []);
    const subject = {
        subscriptionId: "sub",
        names: physicalNames({ project: "landfall", stack: "staging", subscriptionId: "sub" }),
        settings: settings("staging"),
        changes: true,
        byDeployer: true,
    };
    return { asked, subscription: new Subscription(arm, subject) };
}

describe("Subscription", () => {
    it("reads every page of a list, and what two checks ask for once", async () => {
        const sku = (name: string) => ({ resourceType: "virtualMachines", name, family: "f", capabilities: [] });
        const { asked, subscription: of } = subscription({
            "/skus": [
                { body: { value: [sku("A")], nextLink: "https://management.azure.com/more?page=2" } },
                { body: { value: [] } },
            ],
            "/more": [{ body: { value: [sku("B")], nextLink: "" } }],
        });
        const [first, second] = await Promise.all([of.vmSizes(), of.vmSizes()]);
        assert.deepEqual([[...first.keys()], first], [["a", "b"], second]);
        assert.equal(asked.length, 2);
        assert.match(asked[0] ?? "", /\$filter=location%20eq%20%27westeurope%27/);
    });

    it("takes the zones away that the subscription may not use", async () => {
        const restrictions = [{ type: "Zone", reasonCode: "Quota", restrictionInfo: { zones: ["2"] } }];
        const locationInfo = [{ location: "westeurope", zones: ["1", "2", "3"] }];
        const size = { resourceType: "virtualMachines", name: "A", locationInfo, restrictions };
        const { subscription: of } = subscription({ "/skus": [{ body: { value: [size] } }] });
        const found = (await of.vmSizes()).get("a");
        assert.deepEqual([found?.zones, found?.refusal], [["1", "3"], undefined]);
    });

    it("does not know what Azure does not say, and says why", async () => {
        const body = { error: { code: "ServerBusy", message: "later" } };
        const { subscription: of } = subscription({ "/usages": [{ status: 503, body }] });
        await assert.rejects(of.read("/usages"), (error) => {
            assert.ok(error instanceof NotKnown);
            assert.equal(error.message, "HTTP 503 ServerBusy later");
            return true;
        });
    });
});

describe("the check of the Kubernetes version", () => {
    const version = (minor: string, isPreview: boolean, ...supportPlan: string[]) => ({
        version: minor,
        isPreview,
        capabilities: { supportPlan },
    });
    const official = version("1.35", false, "KubernetesOfficial", "AKSLongTermSupport");
    const found = async (versions: object[], pools: object[] = []) => {
        const { subscription: of } = subscription({
            "/kubernetesVersions": [{ body: { values: versions } }],
            "/agentPools": [{ body: { value: pools } }],
        });
        return ((await kubernetesVersion(of)).problems ?? []).map(({ key, message }) => `${key}: ${message}`);
    };

    it("finds nothing wrong with one that all may have", async () => {
        assert.deepEqual(await found([official, version("1.36", false, "KubernetesOfficial")]), []);
    });

    for (const [title, versions, pattern] of [
        [
            "is not there",
            [official],
            /1\.36: AKS does not offer it in westeurope; offered are 1\.35 \(az aks get-versions/,
        ],
        ["is a preview", [official, version("1.36", true, "KubernetesOfficial")], /1\.36: .* as a preview only/],
        [
            "has long-term support only",
            [official, version("1.36", false, "AKSLongTermSupport")],
            /needs the Premium tier/,
        ],
    ] as const) {
        it(`names one that ${title}`, async () => {
            const lines = await found([...versions]);
            assert.match(lines.join("\n"), pattern);
            assert.match(lines[0] ?? "", /^landfall:kubernetesVersion: /);
        });
    }

    it("leaves a cluster alone that runs it", async () => {
        const properties = { vmSize: "Standard_D2ds_v5", count: 1, currentOrchestratorVersion: "1.36.4" };
        assert.deepEqual(await found([official], [{ name: "system", properties }]), []);
    });
});
