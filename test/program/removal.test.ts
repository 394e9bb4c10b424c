import * as assert from "node:assert/strict";
import { useCheckout } from "../support/checkout";
import { removeLayer, removeSystem } from "../support/checkout-tree";
import { Cluster } from "../support/cluster";
import { type ClusterObject, difference, labelOf, objectsOfCluster } from "../support/cluster-objects";
import { smallTree } from "../support/small-tree";
import { until } from "../support/until";

/** What the first comparison has and the second must not have. */
const removed = [
    "HelmRelease flux-system/sealed-secrets",
    "Deployment sealed-secrets/sealed-secrets-controller",
    "ScheduledBackup postgresql/postgresql",
];

describe("the removal of systems from the tree", function () {
    const checkout = useCheckout(this, {
        systems: [...smallTree, "sealed-secrets", "external-secrets", "cloudnative-pg", "plugin-barman-cloud"],
    });
    const cluster = new Cluster(checkout);
    let earlier: Map<string, ClusterObject>;
    let later: Map<string, ClusterObject>;

    before("brings up a platform, takes a system and a layer out of its tree, and updates", async () => {
        await checkout.up();
        earlier = await objectsOfCluster(cluster.kubectl);
        assert.deepEqual(
            removed.filter((label) => !labelsOf(earlier).includes(label)),
            [],
        );
        removeSystem(checkout, "secrets", "sealed-secrets");
        removeLayer(checkout, "databases-config");
        await checkout.up();
        // Helm uninstalls a release after its layer is Ready.
        later = await until(
            "the removed systems to go",
            () => objectsOfCluster(cluster.kubectl),
            (objects) => !removed.some((label) => labelsOf(objects).includes(label)),
        );
    });

    it("removes their objects and no others", () => {
        const gone = difference(earlier, later);
        // Releases and alerts are in namespaces of others, roles in none.
        const isTheirs = ({ namespace, name }: ClusterObject) =>
            ["sealed-secrets", "postgresql"].includes(namespace) ||
            /sealed-secrets|^secrets-unsealer$|^postgresql$|^databases-config$/.test(name);
        assert.deepEqual(gone.filter((object) => !isTheirs(object)).map(labelOf), []);
    });

    it("keeps what data would go with: namespaces, definitions, the database and its volumes", () => {
        const labels = labelsOf(later);
        for (const label of [
            ...["Namespace sealed-secrets", "Namespace postgresql"],
            ...["CustomResourceDefinition sealedsecrets.bitnami.com", "Cluster postgresql/postgresql"],
            ...["PersistentVolumeClaim postgresql/postgresql-1", "Secret postgresql/postgresql-app"],
        ]) {
            assert.ok(labels.includes(label), `${label} is gone`);
        }
    });
});

function labelsOf(objects: ReadonlyMap<string, ClusterObject>): string[] {
    return [...objects.values()].map(labelOf);
}
