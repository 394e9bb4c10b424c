import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify, parse } from "yaml";
import { fluxGraph } from "../../sandbox/flux-graph";
import { randomOf, restartAtRandom } from "../support/chaos";
import { Checkout } from "../support/checkout";
import { difference, labelOf, objectsOfCluster, type ClusterObject } from "../support/cluster-objects";
import { smallTree } from "../support/small-tree";
import { objectsIn } from "../support/tree-files";

const seed = Number(process.env.LANDFALL_SEED ?? 20261121);
const cluster = "gitops/clusters/staging/kustomization.yaml";

/** More than the other tests have, so that most layers hold something: the whole tree would take three times as long. */
const systems = [
    ...smallTree,
    ...["gateway-crds-helm", "external-secrets", "velero", "sealed-secrets", "flagger", "valkey"],
    ...["cloudnative-pg", "plugin-barman-cloud", "dapr"],
];

interface Kustomization {
    resources: string[];
    patches?: { path?: string }[];
}

describe("the layers of a cluster", function () {
    this.timeout(1_200_000);
    const checkout = new Checkout({ systems });
    let layers: string[];

    after(() => checkout.remove());

    const kubectl = async (...args: string[]) => {
        const { code, output } = await checkout.run("kubectl", ...args);
        assert.equal(code, 0, output);
        return output;
    };
    const edit = (file: string, change: (kustomization: Kustomization) => void) =>
        checkout.edit(file, (text) => {
            const kustomization = parse(text) as Kustomization;
            change(kustomization);
            return stringify(kustomization);
        });

    before("starts a cluster that follows the repository and applies nothing of it but the canary", async () => {
        layers = (parse(checkout.read(cluster)) as Kustomization).resources;
        const restore = edit(cluster, (kustomization) => (kustomization.resources = ["canary.yaml"]));
        const { code, output } = await checkout.start("staging");
        assert.equal(code, 0, output);
        restore();
    });

    it(`are all Ready in the end when they come in reverse order, with restarts at random (seed ${seed})`, async () => {
        const begin = Date.now();
        const restarts = restartAtRandom(checkout.sandbox, randomOf(seed));
        for (const layer of [...layers].reverse()) {
            await untilTaken(layer);
        }
        // Until here nothing may have been Ready; from here on the releases install while their controllers are killed.
        await sleep(60_000);
        const killed = await restarts.stop();
        const kinds = new Set(killed);
        assert.ok(kinds.has("kube-apiserver") && kinds.has("helm-controller"), killed.join(", "));
        await untilReady();
        console.log(`      ${killed.length} restarts, Ready after ${Math.round((Date.now() - begin) / 1000)} s`);
    });

    it("are taken over by the next update, which changes no object", async () => {
        const earlier = await objectsOfCluster(kubectl);
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 0, output);
        assert.equal(report.git.commits, 1);
        const later = await objectsOfCluster(kubectl);
        assert.deepEqual(difference(earlier, later).map(labelOf), []);
    });

    describe("after systems are removed from the tree", () => {
        const removed = ["sealed-secrets", "valkey"];
        let earlier: Map<string, ClusterObject>;
        let later: Map<string, ClusterObject>;
        let manifests: string[];

        before("removes two systems and a database, and updates", async () => {
            earlier = await objectsOfCluster(kubectl);
            manifests = ["infra/base/sealed-secrets", "system/base/valkey", "system-config/base/postgresql"].flatMap(
                take,
            );
            edit("gitops/system/staging/kustomization.yaml", (kustomization) => {
                kustomization.resources = kustomization.resources.filter((line) => !line.startsWith("valkey"));
            });
            const { code, output, report } = await checkout.start("staging");
            assert.equal(code, 0, output);
            assert.equal(report.ready, true);
            later = await objectsOfCluster(kubectl);
        });

        it("their objects are gone, and no others", () => {
            const gone = difference(earlier, later);
            const uids = new Set(gone.map(({ uid }) => uid));
            const isTheirs = (object: ClusterObject) =>
                removed.includes(object.release) ||
                object.owners.some((owner) => uids.has(owner)) ||
                manifests.includes(labelOf(object)) ||
                removed.some((name) => object.name.startsWith(`sh.helm.release.v1.${name}.`)) ||
                (object.kind === "HelmChart" && removed.some((name) => object.name === `flux-system-${name}`)) ||
                labelOf(object) === "Secret valkey/valkey-users";
            assert.deepEqual(gone.filter((object) => !isTheirs(object)).map(labelOf), []);
            const left = [...later.values()].filter(({ release }) => removed.includes(release));
            assert.deepEqual(left.map(labelOf), []);
            assert.ok(
                gone.some(({ kind }) => kind === "HelmRelease") && gone.some(({ kind }) => kind === "ObjectStore"),
            );
        });

        it("nothing else is made again", () => {
            const made = difference(later, earlier).filter(({ kind }) => kind !== "ReplicaSet");
            assert.deepEqual(made.map(labelOf), []);
        });

        it("what would take data along stays: namespaces, definitions, the database and its volumes", () => {
            const labels = [...later.values()].map(labelOf);
            for (const label of [
                ...["Namespace sealed-secrets", "Namespace valkey", "Namespace postgresql"],
                ...["CustomResourceDefinition sealedsecrets.bitnami.com", "Cluster postgresql/postgresql"],
                ...["PersistentVolumeClaim postgresql/postgresql-1", "Secret postgresql/postgresql-app"],
            ]) {
                assert.ok(labels.includes(label), `${label} is gone`);
            }
        });
    });

    /** Takes a folder's line out of its layer; gives what its manifests are. */
    function take(folder: string): string[] {
        const [layer = "", , system = ""] = folder.split("/");
        const { resources } = parse(checkout.read(`gitops/${folder}/kustomization.yaml`)) as Kustomization;
        edit(`gitops/${layer}/base/kustomization.yaml`, (kustomization) => {
            kustomization.resources = kustomization.resources.filter((line) => line !== system);
        });
        return resources
            .flatMap((file) => objectsIn(checkout.path(`gitops/${folder}/${file}`)))
            .map(({ kind, metadata }) => labelOf({ kind, namespace: metadata.namespace ?? "", name: metadata.name }));
    }

    /** Applies a layer's Kustomization, also while the API server is away. */
    async function untilTaken(layer: string): Promise<void> {
        for (;;) {
            const { code } = await checkout.run(
                "kubectl",
                "apply",
                "-f",
                checkout.path(`gitops/clusters/staging/${layer}`),
            );
            if (code === 0) {
                return;
            }
            await sleep(500);
        }
    }

    async function untilReady(): Promise<void> {
        const deadline = Date.now() + 900_000;
        for (;;) {
            const objects = (await fluxGraph(checkout.sandbox, "staging").catch(() => undefined))?.objects ?? [];
            const waiting = objects.filter(({ ready }) => !ready);
            if (objects.length > layers.length && waiting.length === 0) {
                return;
            }
            const states = waiting.map(({ kind, name, reason, message }) => `${kind} ${name}: ${reason}: ${message}`);
            assert.ok(Date.now() < deadline, states.join("\n"));
            await sleep(2000);
        }
    }
});
