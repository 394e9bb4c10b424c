import * as assert from "node:assert/strict";
import { nameOf, type StateResource } from "../../../components/recovery/stack-state";
import { halvesOf } from "../../../tools/rebuild/halves";

const groups = { durableGroup: "p-s-durable", clusterGroup: "p-s-cluster" };

function resource(name: string, rest: Partial<StateResource> = {}): StateResource {
    const type = rest.type ?? "azure-native:any:Thing";
    return { urn: urnOf(name, type), type, custom: true, ...rest };
}

function urnOf(name: string, type = "azure-native:any:Thing"): string {
    return `urn:pulumi:s::p::${type}::${name}`;
}

const id = (group: string, name: string) => `/subscriptions/0/resourceGroups/${group}/providers/Any/things/${name}`;
const cluster = resource("cluster", { id: id("P-S-Cluster", "cluster") });
const kubernetes = "pulumi:providers:kubernetes";
const provider = resource("kubernetes", { type: kubernetes, id: "1", dependencies: [cluster.urn] });

describe("halvesOf", () => {
    const split = (...resources: StateResource[]) => {
        const { survives, replaced, conflicts } = halvesOf(resources, groups);
        return { survives: survives.map(nameOf), replaced: replaced.map(nameOf), conflicts: conflicts.map(nameOf) };
    };

    it("replaces what is in the cluster's group, however Azure spells it, and no group that begins alike", () => {
        const other = resource("other", { id: id("p-s-cluster-2", "other") });
        assert.deepEqual(split(cluster, other), { survives: ["other"], replaced: ["cluster"], conflicts: [] });
    });

    it("replaces what depends on the cluster by a property, a provider or its own end, over any number of steps", () => {
        const object = resource("object", { provider: `${provider.urn}::1` });
        const owned = resource("owned", { deletedWith: object.urn });
        const reader = resource("reader", { propertyDependencies: { of: [owned.urn], none: null } });
        const { replaced } = split(reader, owned, object, provider, cluster);
        assert.deepEqual(replaced, ["reader", "owned", "object", "kubernetes", "cluster"]);
    });

    it("replaces the trust in a cluster's tokens, also in the durable group", () => {
        const credential = resource("credential", {
            type: "azure-native:managedidentity:FederatedIdentityCredential",
            id: id("p-s-durable", "credential"),
            dependencies: [cluster.urn],
        });
        assert.deepEqual(split(cluster, credential).conflicts, []);
    });

    it("names what must survive and hangs on the cluster: what is protected, and anything else of the durable group", () => {
        const vault = resource("vault", { id: id("p-s-durable", "vault"), dependencies: [cluster.urn] });
        const repository = resource("repository", { protect: true, dependencies: [cluster.urn] });
        assert.deepEqual(split(cluster, vault, repository).conflicts, ["vault", "repository"]);
    });

    it("leaves out what has nothing behind it, and the providers of what survives", () => {
        const component = resource("component", { custom: false });
        const azure = resource("azure", { type: "pulumi:providers:azure-native" });
        assert.deepEqual(split(component, azure, cluster).survives, []);
    });
});
