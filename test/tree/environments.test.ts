import assert from "node:assert/strict";
import { ENVIRONMENTS, changed, field, find, label, layerOf, list, objectsOf, Tree, treeOf } from "../support/tree";

/** Objects that one environment has and another does not, as `<environment>: <layer>/<object>`, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = Object.fromEntries(
    ["staging", "production"].map((environment) => [
        `${environment}: canary/Secret flux-system/decryption-canary-key-vault`,
        "An environment gets it with `npm run secret -- recipients`, once its vault is there.",
    ]),
);

const staging = treeOf("staging");
const production = treeOf("production");

describe("Environments", () => {
    it("have the same objects in the same layers, but for tenants, which one may have alone", () => {
        for (const one of ENVIRONMENTS) {
            for (const other of ENVIRONMENTS) assert.deepEqual(missing(treeOf(one), treeOf(other)), []);
        }
    });

    it("get their certificates from the authority that suits them", () => {
        assert.match(String(field(find(staging, "ClusterIssuer"), "spec.acme.server")), /acme-staging-v02/);
        assert.match(String(field(find(production, "ClusterIssuer"), "spec.acme.server")), /acme-v02/);
    });

    it("show their name on the page of podinfo", () => {
        const [container] = list(find(production, "Deployment"), "spec.template.spec.containers");
        const message = list(container, "env").find((entry) => field(entry, "name") === "PODINFO_UI_MESSAGE");
        assert.equal(field(message, "value"), "podinfo on landfall-sample (sample)");
    });

    it("serve podinfo under the domain of their own stack, with a certificate for that name", () => {
        const ingress = find(staging, "Ingress");
        assert.equal(field(list(ingress, "spec.rules")[0], "host"), "podinfo.sample.example.com");
        assert.deepEqual(field(list(ingress, "spec.tls")[0], "hosts"), ["podinfo.sample.example.com"]);
    });

    it("let strangers reach only what podinfo may show them", () => {
        const paths = list(list(find(production, "Ingress"), "spec.rules")[0], "http.paths");
        assert.deepEqual(
            paths.map((path) => [field(path, "path"), field(path, "pathType")]),
            [
                ["/", "Exact"],
                ["/api", "Prefix"],
                ["/echo", "Prefix"],
                ["/token", "Prefix"],
            ],
        );
    });

    it("promote a version from staging to production, never past it", () => {
        assert.ok(compareVersions(podinfoVersion(staging), podinfoVersion(production)) >= 0);
    });
});

describe("The rules on environments", () => {
    it("find an object that production lacks", () => {
        const tree = changed(production, (copy) => layerOf(copy, "identities").objects.pop());
        assert.deepEqual(missing(tree, staging), ["production: identities/ServiceAccount velero/velero"]);
    });

    it("find an object that is in another layer", () => {
        const tree = changed(production, (copy) => {
            layerOf(copy, "infra").objects.push(...layerOf(copy, "infra-config").objects.splice(0));
        });
        assert.deepEqual(missing(tree, staging), ["production: infra-config/ClusterIssuer letsencrypt"]);
    });

    it("compare versions by number, not by letter", () => {
        assert.ok(compareVersions("6.14.1", "6.9.2") > 0);
        assert.ok(compareVersions("6.14.0", "6.14.1") < 0);
        assert.equal(compareVersions("6.14.1", "6.14.1"), 0);
    });
});

/** What `tree` lacks of the objects of `model`. */
function missing(tree: Tree, model: Tree): string[] {
    const names = (of: Tree) =>
        objectsOf(of)
            .filter(({ layer, object }) => layer !== "tenants" || object.kind === "ClusterRole")
            .map(({ layer, object }) => `${layer}/${label(object)}`);
    const own = new Set(names(tree));
    return names(model)
        .filter((name) => !own.has(name))
        .map((name) => `${tree.environment}: ${name}`)
        .filter((name) => !(name in EXCEPTIONS));
}

function podinfoVersion(tree: Tree): string {
    const [container] = list(find(tree, "Deployment", "podinfo"), "spec.template.spec.containers");
    return String(field(container, "image")).split(":").at(-1) ?? "";
}

function compareVersions(one: string, other: string): number {
    return one.localeCompare(other, "en", { numeric: true });
}
