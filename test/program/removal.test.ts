import * as assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { Checkout } from "../support/checkout";
import { type ClusterObject, difference, labelOf, objectsOfCluster } from "../support/cluster-objects";
import { smallTree } from "../support/small-tree";

interface FolderKustomization {
    resources: string[];
    patches?: { path?: string }[];
}

describe("the removal of systems from the tree", function () {
    this.timeout(600_000);
    const checkout = new Checkout({
        systems: [...smallTree, "sealed-secrets", "cloudnative-pg", "plugin-barman-cloud"],
    });
    let earlier: Map<string, ClusterObject>;
    let later: Map<string, ClusterObject>;

    after(() => checkout.remove());

    const kubectl = async (...args: string[]) => {
        const { code, output } = await checkout.run("kubectl", ...args);
        assert.equal(code, 0, output);
        return output;
    };
    /** Takes the lines out of a folder that lead to a system, its patches among them. */
    const take = (system: string, folder: string) =>
        checkout.edit(`gitops/${folder}/kustomization.yaml`, (text) => {
            const { resources, patches = [], ...rest } = parse(text) as FolderKustomization;
            const others = patches.filter(({ path }) => path?.includes(`/systems/${system}/`) !== true);
            return stringify({
                ...rest,
                resources: resources.filter((line) => !line.endsWith(`/systems/${system}`)),
                ...(others.length > 0 ? { patches: others } : {}),
            });
        });
    const start = async () => {
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 0, output);
        assert.equal(report.ready, true);
    };

    before("brings up a platform, takes two systems out of its tree, and updates", async () => {
        await start();
        earlier = await objectsOfCluster(kubectl);
        take("sealed-secrets", "layers/infra");
        take("postgresql", "layers/system-config");
        take("postgresql", "clusters/staging/overlay");
        await start();
        later = await objectsOfCluster(kubectl);
    });

    it("removes their objects and no others", () => {
        const gone = difference(earlier, later);
        const isTheirs = ({ namespace, name }: ClusterObject) =>
            ["sealed-secrets", "postgresql"].includes(namespace) ||
            (namespace === "flux-system" && name.includes("sealed-secrets"));
        assert.deepEqual(gone.filter((object) => !isTheirs(object)).map(labelOf), []);
        const labels = gone.map(labelOf);
        for (const label of [
            "HelmRelease flux-system/sealed-secrets",
            "Deployment sealed-secrets/sealed-secrets-controller",
            "ScheduledBackup postgresql/postgresql",
        ]) {
            assert.ok(labels.includes(label), `${label} is still there`);
        }
    });

    it("keeps what would take data along: namespaces, definitions, the database and its volumes", () => {
        const labels = [...later.values()].map(labelOf);
        for (const label of [
            ...["Namespace sealed-secrets", "Namespace postgresql"],
            ...["CustomResourceDefinition sealedsecrets.bitnami.com", "Cluster postgresql/postgresql"],
            ...["PersistentVolumeClaim postgresql/postgresql-1", "Secret postgresql/postgresql-app"],
        ]) {
            assert.ok(labels.includes(label), `${label} is gone`);
        }
    });
});
