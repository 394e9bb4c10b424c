import assert from "node:assert/strict";
import {
    changed,
    ENVIRONMENTS,
    field,
    find,
    KubernetesObject,
    label,
    layerOf,
    layersBefore,
    list,
    objectsOf,
    setField,
    Tree,
    treeOf,
} from "../support/tree";

/** Which release brings the definitions of an API group. */
const DEFINED_BY: Readonly<Record<string, string>> = {
    "cert-manager.io": "cert-manager",
    "monitoring.coreos.com": "prometheus-operator-crds",
    "traefik.io": "traefik",
};

/** Groups that are there before the first layer: those of the API server, and Flux's own. */
const ALWAYS_THERE =
    /^(apps|autoscaling|batch|policy|(admissionregistration|networking|rbac\.authorization|scheduling|storage)\.k8s\.io|(helm|image|kustomize|notification|source)\.toolkit\.fluxcd\.io)$/;

const staging = treeOf("staging");

describe("Order", () => {
    for (const environment of ENVIRONMENTS) {
        it(`lets nothing start before a layer has made what it needs (${environment})`, () => {
            assert.deepEqual(unmetNeeds(treeOf(environment)), []);
        });
    }
});

describe("The rule on order", () => {
    it("finds a custom resource in the layer that installs its definition", () => {
        const tree = changed(staging, (copy) => moveTo(copy, "infra", find(copy, "ClusterIssuer")));
        assert.ok(unmetNeeds(tree).includes("infra: ClusterIssuer letsencrypt needs HelmRelease cert-manager"));
    });

    it("finds a custom resource whose definition nothing brings", () => {
        const tree = changed(staging, (copy) => {
            find(copy, "ClusterIssuer").apiVersion = "acme.example.com/v1";
        });
        assert.ok(
            unmetNeeds(tree).includes(
                "infra-config: ClusterIssuer letsencrypt needs HelmRelease that defines acme.example.com",
            ),
        );
    });

    it("finds a release with service monitors before their definition", () => {
        const tree = changed(staging, (copy) => {
            setField(layerOf(copy, "infra").kustomization, "spec.dependsOn", [{ name: "identities" }]);
        });
        assert.deepEqual(unmetNeeds(tree), [
            "infra: HelmRelease flux-system/cert-manager needs HelmRelease prometheus-operator-crds",
            "infra: HelmRelease flux-system/traefik needs HelmRelease prometheus-operator-crds",
        ]);
    });

    it("finds a release whose service account no layer makes", () => {
        const tree = changed(staging, (copy) => {
            setField(find(copy, "HelmRelease", "cert-manager"), "spec.values.serviceAccount.name", "issuer");
        });
        assert.deepEqual(unmetNeeds(tree), [
            "infra: HelmRelease flux-system/cert-manager needs ServiceAccount cert-manager/issuer",
        ]);
    });

    it("finds an ingress whose issuer no layer makes", () => {
        const tree = changed(staging, (copy) => {
            setField(find(copy, "Ingress"), "metadata.annotations", { "cert-manager.io/cluster-issuer": "internal" });
        });
        assert.deepEqual(unmetNeeds(tree), ["apps: Ingress podinfo/podinfo needs ClusterIssuer internal"]);
    });

    it("finds an ingress class that no release serves", () => {
        const tree = changed(staging, (copy) => setField(find(copy, "Ingress"), "spec.ingressClassName", "nginx"));
        assert.deepEqual(unmetNeeds(tree), ["apps: Ingress podinfo/podinfo needs IngressClass nginx"]);
    });

    it("finds an issuer that solves through a class that no release serves", () => {
        const tree = changed(staging, (copy) => {
            const issuer = find(copy, "ClusterIssuer");
            setField(issuer, "spec.acme.solvers", [{ http01: { ingress: { ingressClassName: "nginx" } } }]);
        });
        assert.deepEqual(unmetNeeds(tree), ["infra-config: ClusterIssuer letsencrypt needs IngressClass nginx"]);
    });
});

function unmetNeeds(tree: Tree): string[] {
    return objectsOf(tree).flatMap(({ layer, object }) => {
        const before = layersBefore(tree, layer);
        const earlier = objectsOf(tree).filter((other) => before.has(other.layer));
        const given = new Set(earlier.flatMap((other) => gifts(other.object)));
        return needs(object)
            .filter((need) => !given.has(need))
            .map((need) => `${layer}: ${label(object)} needs ${need}`);
    });
}

/** What an object gives to later layers once it is ready. */
function gifts(object: KubernetesObject): string[] {
    if (object.kind !== "HelmRelease") return [label(object)];
    const ingressClass = field(object, "spec.values.ingressClass.name");
    const served = typeof ingressClass === "string" ? [`IngressClass ${ingressClass}`] : [];
    return [`HelmRelease ${object.metadata.name}`, ...served];
}

function needs(object: KubernetesObject): string[] {
    return [...definitionNeeds(object), ...releaseNeeds(object), ...ingressNeeds(object)];
}

function definitionNeeds({ apiVersion }: KubernetesObject): string[] {
    const [group = "", version] = apiVersion.split("/");
    if (version === undefined || ALWAYS_THERE.test(group)) return [];
    return [`HelmRelease ${DEFINED_BY[group] ?? `that defines ${group}`}`];
}

function releaseNeeds(object: KubernetesObject): string[] {
    if (object.kind !== "HelmRelease") return [];
    const values = JSON.stringify(field(object, "spec.values") ?? {});
    const monitors = /"service-?monitor":\{[^}]*"enabled":true/i.test(values) ? [`HelmRelease ${MONITORS}`] : [];
    if (field(object, "spec.values.serviceAccount.create") !== false) return monitors;
    const namespace = String(field(object, "spec.targetNamespace"));
    const account = String(field(object, "spec.values.serviceAccount.name"));
    return [...monitors, `ServiceAccount ${namespace}/${account}`];
}

const MONITORS = DEFINED_BY["monitoring.coreos.com"];

function ingressNeeds(object: KubernetesObject): string[] {
    const annotations = object.metadata.annotations as Record<string, string> | undefined;
    const issuer = object.kind === "Ingress" ? annotations?.["cert-manager.io/cluster-issuer"] : undefined;
    const classes = [
        field(object, "spec.ingressClassName"),
        ...list(object, "spec.acme.solvers").map((solver) => field(solver, "http01.ingress.ingressClassName")),
    ];
    return [
        ...(issuer === undefined ? [] : [`ClusterIssuer ${issuer}`]),
        ...classes.filter((name) => typeof name === "string").map((name) => `IngressClass ${name}`),
    ];
}

function moveTo(tree: Tree, layer: string, object: KubernetesObject): void {
    for (const other of tree.layers) other.objects = other.objects.filter((candidate) => candidate !== object);
    layerOf(tree, layer).objects.push(object);
}
