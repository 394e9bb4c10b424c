import * as assert from "node:assert/strict";
import { field, type KubernetesObject, list, textAt } from "../../tools/tree/object";
import { find } from "../../tools/tree/tree";
import { clusterOf, committedTree } from "../support/tree";

const objectIn = async (environment: string, kind: string, name?: string): Promise<KubernetesObject> =>
    find(clusterOf(await committedTree(), environment), kind, name).object;

const podinfo = async (environment: string): Promise<unknown> =>
    list(await objectIn(environment, "Deployment", "podinfo"), "spec.template.spec.containers")[0];

describe("Environments", () => {
    it("get their certificates from the authority that suits them", async () => {
        const server = async (environment: string) =>
            textAt(await objectIn(environment, "ClusterIssuer", "letsencrypt"), "spec.acme.server") ?? "";
        assert.match(await server("staging"), /acme-staging-v02/);
        assert.match(await server("production"), /acme-v02/);
    });

    it("show their name on the page of podinfo", async () => {
        const message = list(await podinfo("production"), "env").find(
            (entry) => field(entry, "name") === "PODINFO_UI_MESSAGE",
        );
        assert.equal(field(message, "value"), "podinfo on landfall-sample (production)");
    });

    it("serve podinfo under the domain of their own stack, with a certificate for that name", async () => {
        const ingress = await objectIn("staging", "Ingress", "podinfo");
        assert.equal(field(list(ingress, "spec.rules")[0], "host"), "podinfo.sample.example.com");
        assert.deepEqual(field(list(ingress, "spec.tls")[0], "hosts"), ["podinfo.sample.example.com"]);
    });

    it("let strangers reach only what podinfo may show them", async () => {
        const paths = list(list(await objectIn("production", "Ingress", "podinfo"), "spec.rules")[0], "http.paths");
        assert.deepEqual(
            paths.map((path) => [field(path, "path"), field(path, "pathType")]),
            [
                ["/", "Exact"],
                ["/api", "Prefix"],
                ["/token", "Prefix"],
            ],
        );
    });

    it("answer what is mirrored by a route of its own, which an Ingress cannot describe", async () => {
        const [route] = list(await objectIn("production", "IngressRoute", "podinfo-mirrored"), "spec.routes");
        assert.equal(field(route, "match"), "Host(`podinfo.sample.example.com`) && PathPrefix(`/echo`)");
    });

    it("promote a version from staging to production, never past it", async () => {
        const version = async (environment: string) =>
            (textAt(await podinfo(environment), "image") ?? "").split(":").at(-1) ?? "";
        assert.ok(compareVersions(await version("staging"), await version("production")) >= 0);
    });
});

describe("Versions", () => {
    it("are compared by number, not by letter", () => {
        assert.ok(compareVersions("6.14.1", "6.9.2") > 0);
        assert.ok(compareVersions("6.14.0", "6.14.1") < 0);
        assert.equal(compareVersions("6.14.1", "6.14.1"), 0);
    });
});

function compareVersions(one: string, other: string): number {
    return one.localeCompare(other, "en", { numeric: true });
}
