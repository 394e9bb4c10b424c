import type { Manifest } from "../team";
import { type Attempt, attempt, denied, forTenants, own } from "./attempt";
import { kustomization, platform, release } from "./escape";

const chartRef = { kind: "OCIRepository", name: "any" };
const otherCluster = denied("a tenant may not reach a cluster through the platform's controllers");
const otherDependency = denied("a tenant depends on objects of its own namespace only");
const oracle = { name: "apps", namespace: platform, readyExpr: "dep.spec.path.startsWith('./a')" };

const byKustomize = (title: string, spec: Readonly<Record<string, unknown>>, message: RegExp): Attempt => ({
    title,
    object: labelled(kustomization("escape", { serviceAccountName: "flux", ...spec }, own)),
    message,
});

const labelled = (object: Manifest): Manifest => ({ ...object, metadata: { ...object.metadata, labels: forTenants } });

const byHelm = (title: string, spec: Readonly<Record<string, unknown>>, message: RegExp): Attempt => {
    const { apiVersion, kind, spec: common } = release("escape", { chartRef, ...spec });
    return attempt(title, apiVersion, kind, { spec: common }, message);
};

/** What Flux's controllers would do with the platform's rights. */
export const delivery: readonly Attempt[] = [
    byKustomize(
        "decryption, which would be with the platform's access to Key Vault",
        { decryption: { provider: "sops" } },
        denied("a tenant's Kustomization may not decrypt"),
    ),
    byKustomize(
        "a kubeconfig that may name files of the controller's pod, such as its own token",
        { kubeConfig: { secretRef: { name: "kubeconfig" } } },
        otherCluster,
    ),
    byKustomize(
        "a cluster that kustomize-controller reaches with its identity in Azure",
        { kubeConfig: { configMapRef: { name: "cluster" } } },
        otherCluster,
    ),
    byHelm("the same of a release", { kubeConfig: { secretRef: { name: "kubeconfig" } } }, otherCluster),
    byHelm(
        "a cluster that helm-controller reaches with its identity in Azure",
        { kubeConfig: { configMapRef: { name: "cluster" } } },
        otherCluster,
    ),
    byKustomize(
        "a dependency on a layer of the platform",
        { dependsOn: [{ name: "apps", namespace: platform }] },
        otherDependency,
    ),
    byKustomize("an expression that tells what a layer of the platform says", { dependsOn: [oracle] }, otherDependency),
    byKustomize(
        "a foreign dependency behind one of its own",
        { dependsOn: [{ name: "team" }, { name: "team", namespace: own }, oracle] },
        otherDependency,
    ),
    byHelm(
        "a dependency on a release of the platform",
        { dependsOn: [{ name: "traefik", namespace: platform }] },
        otherDependency,
    ),
    byHelm(
        "an expression that tells what a release of the platform says",
        { dependsOn: [{ ...oracle, name: "traefik", readyExpr: "has(dep.spec.values.api)" }] },
        otherDependency,
    ),
    byKustomize(
        "a look at the health of another's object",
        { healthChecks: [{ apiVersion: "apps/v1", kind: "Deployment", name: "flux-operator", namespace: platform }] },
        denied("a tenant checks the health of objects of its own namespace only"),
    ),
    ...Object.entries({
        "the platform's controllers": {},
        "controllers of its choice": { "sharding.fluxcd.io/key": "x" },
    }).flatMap(([whose, labels]) => [
        {
            title: `a Kustomization for ${whose}`,
            object: { ...kustomization("escape", {}, own), metadata: { name: "escape", namespace: own, labels } },
            message: denied("a tenant's objects of Flux are for the tenants' controllers"),
        },
        attempt(
            `a source for ${whose}`,
            "source.toolkit.fluxcd.io/v1",
            "GitRepository",
            { spec: { interval: "10m", url: "https://github.com/landfall-example/team-example" } },
            denied("a tenant's objects of Flux are for the tenants' controllers"),
            { labels },
        ),
    ]),
    byHelm(
        "a chart that the platform's controllers would fetch",
        { chartRef: undefined, chart: { spec: { chart: "x", sourceRef: { kind: "HelmRepository", name: "any" } } } },
        denied("a tenant's chart is for the tenants' controllers"),
    ),
];
