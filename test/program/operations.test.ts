import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { AzureDeployer } from "../../tools/drill/azure-deployer";
import { clusterOf } from "../../tools/sandbox/cluster-of";
import { useCheckout } from "../support/checkout";
import { Cluster } from "../support/cluster";
import { FleetClone } from "../support/fleet-clone";
import { Guide } from "../support/guide";
import { smallTree } from "../support/small-tree";
import { stackResources } from "../support/stack-resources";
import { until } from "../support/until";

const apps = { kind: "kustomization", name: "apps" };
const traefik = { kind: "helmrelease", name: "traefik" };

/** Somebody operates staging with the commands of the page alone, after a fault that the test brings about. */
describe("docs/operations.md", function () {
    const checkout = useCheckout(this, { systems: [...smallTree, "memcached"] });
    const cluster = new Cluster(checkout);
    let fleet: FleetClone;

    const guide = new Guide("operations.md", async () => {
        const { binaries, environment } = checkout.session();
        const running = await clusterOf(checkout.sandbox, "staging");
        const PATH = [binaries, process.env.PATH].join(path.delimiter);
        const env = { ...environment, PATH, HOME: checkout.sandbox, KUBECONFIG: running?.adminKubeconfig };
        return { cwd: fleet.directory, env };
    });
    const within = (section: string) => (start: string) => guide.type(section, start);
    const fetch = () => guide.type("Have Flux act", "flux reconcile source git");
    const messageOf = (object: { kind: string; name: string }, status: "True" | "False") => () =>
        cluster.message(object, "Ready", status);

    /** Undoes the newest commit as the page says, and waits until the object is Ready again. */
    async function revert(object: { kind: string; name: string }): Promise<void> {
        const type = within("By a commit");
        assert.match(await type("git revert"), /Revert "A change"/);
        await type("git push");
        assert.match(await type("flux reconcile source"), /fetched revision staging@sha1:/);
        await until(`${object.name} to be Ready again`, messageOf(object, "True"), /./);
    }

    before("starts staging, and has the flux command built", async () => {
        await checkout.up();
        assert.match(await checkout.output("flux", "version", "--client"), /^flux: v\d/);
        fleet = new FleetClone(checkout);
    });

    it("shows what is there", async () => {
        const type = within("See what is there");
        assert.match(await type("flux get kustomizations"), /^apps\s+latest@sha256:\S+\s+False\s+True\s+Applied/m);
        assert.match(await type("flux get helmreleases"), /^traefik\s+41\S+\s+False\s+True\s+Helm install succeeded/m);
        assert.match(
            await type("flux get sources all"),
            /gitrepository\/flux-system\s+staging@sha1:\w+\s+False\s+True/,
        );
        assert.match(await type("flux get artifacts generators"), /^apps\s+False\s+True/m);
        assert.match(await type("flux tree kustomization"), /Service\/podinfo\/echo-mirror/);
        assert.match(await type("flux trace"), /Kustomization:\s+apps/);
        assert.match(await type("flux events"), /Kustomization\/apps/);
        assert.match(await type("flux logs"), /info HelmRelease\/traefik\.flux-system/);
        assert.match(await type("kubectl logs"), /"name":"apps"/);
        assert.match(await type("flux stats"), /^HelmRelease/m);
        assert.match(await type("flux check"), /all checks passed/);
        assert.match(await type("flux export"), /^kind: HelmRelease$/m);
        assert.match(await type("flux debug kustomization"), /^environment=staging$/m);
        assert.match(await type("flux debug helmrelease"), /^priorityClassName: platform-critical$/m);
    });

    it("has Flux look now, leave something alone, and go on", async () => {
        const type = within("Have Flux act");
        assert.match(await fetch(), /fetched revision staging@sha1:/);
        assert.match(await type("flux reconcile kustomization"), /applied revision latest@sha256:/);
        assert.match(await type("flux reconcile helmrelease"), /applied revision 41/);
        assert.match(await type("flux suspend helmrelease"), /helmrelease suspended/);
        assert.match(await type("flux resume helmrelease"), /applied revision 41/);

        assert.match(await type("flux suspend kustomization"), /kustomization suspended/);
        const layer = within("A layer does not reconcile");
        assert.match(await layer("flux get kustomization"), /^apps\s+\S+\s+True\s+True/m);
        assert.match(await layer("flux get source git"), /^flux-system\s+\S+\s+False\s+True\s+stored artifact/m);
        assert.match(await type("flux resume kustomization"), /applied revision latest@sha256:/);
    });

    it("says that a commit cannot be built, that the API server refuses an object, and that another layer is awaited", async () => {
        const type = within("A layer does not reconcile");
        fleet.push(["layers/apps/kustomization.yaml", "resources:\n", "resources:\n  - no-such-file.yaml\n"]);
        await fetch();
        await until("the build to fail", () => type("flux get kustomization"), /kustomize build failed.*no-such-file/s);
        assert.match(await type("flux events"), /Warning\s+BuildFailed/);
        await revert(apps);

        fleet.push(["systems/echo-mirror/service.yaml", "port: 8080", "port: 70000"]);
        await fetch();
        const refused = /Service\/podinfo\/echo-mirror dry-run failed \(Invalid\)/;
        await until("the object to be refused", () => type("flux get kustomization"), refused);
        await revert(apps);

        fleet.push(
            ["layers/infra/kustomization.yaml", "resources:\n", "resources:\n  - no-such-file.yaml\n"],
            ["systems/echo-mirror/service.yaml", "port: 8080", "port: 8081"],
        );
        await fetch();
        const infra = { kind: "kustomization", name: "infra" };
        await until("the layer before it to fail", messageOf(infra, "False"), /no-such-file/);
        const waits = /dependency 'flux-system\/(infra|mesh)' is not ready/;
        await until("the layer to wait", () => type("flux get kustomization"), waits);
        await revert(apps);
    });

    it("says that a chart is not there, and that a chart refuses its values", async () => {
        const type = within("A release is stuck");
        fleet.push(["systems/traefik/source.yaml", /tag: \S+/, "tag: 99.0.0"]);
        await fetch();
        await until(
            "the source to fail",
            () => type("flux get sources oci"),
            /^traefik\s.*False\s+.*99\.0\.0.*not found/im,
        );
        await revert({ kind: "ocirepository", name: "traefik" });

        fleet.push(["systems/traefik/release.yaml", "  values:\n", "  values:\n    noSuchValue: 1\n"]);
        await fetch();
        const refused = /values don't meet the specifications of the schema/;
        await until("the release to fail", () => type("flux get helmrelease"), refused);
        assert.match(await type("kubectl events"), /Warning\s+UpgradeFailed/);
        assert.match(await type("flux get sources chart"), /no HelmChart objects found/);
        assert.match(await type("helm history"), /deployed/);
        await revert(traefik);
    });

    it("puts back what somebody removed from a release", async () => {
        await cluster.kubectl("delete", "service", "traefik-metrics", "-n", "traefik");
        assert.match(await guide.type("Have Flux act", "flux reconcile helmrelease"), /applied revision 41/);
        assert.match(await cluster.kubectl("get", "service", "traefik-metrics", "-n", "traefik"), /ClusterIP/);
    });

    it("forgets the failures of a release whose retries are exhausted, once their cause is gone", async () => {
        const type = within("Retries are exhausted");
        const file = path.join(checkout.directory, "policy.yaml");
        fs.writeFileSync(file, tooMuchMemory);
        await cluster.kubectl("apply", "-f", file);
        const change = [
            "set",
            "resources",
            "deployment",
            "memcached",
            "-n",
            "memcached",
            "-c",
            "memcached",
            "--requests=memory=192Mi",
        ];
        await until("the policy to work", () => cluster.answer(...change, "--dry-run=server"), /too much for the test/);
        fleet.push(["systems/memcached/release.yaml", "memory: 160Mi", "memory: 192Mi"]);
        await fetch();
        const conditions = () => type("kubectl get helmrelease");
        await until("the release to give up", conditions, /Failed to upgrade after 4 attempt\(s\)/);
        assert.match(await conditions(), /192Mi is too much for the test/);
        assert.match(await type("flux get helmrelease"), /Helm rollback to previous release .* succeeded/);

        await cluster.kubectl("delete", "-f", file);
        assert.match(await type("flux reconcile helmrelease"), /applied revision 0\.14/);
        assert.match(await conditions(), /Helm upgrade succeeded/);
    });

    it("finds why a resource is not created", async () => {
        const type = within("A resource is not created");
        const file = "systems/echo-mirror/example.yaml";
        const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: example, namespace: podinfo }\n";
        const commit = fleet.push([file, "", manifest]);
        await fetch();
        await until("the artifact of the commit", () => type("kubectl get externalartifact"), new RegExp(commit));
        assert.match(await type("flux get artifact"), /^apps\s+False\s+True/m);
        await until("the layer to be Ready", messageOf(apps, "True"), /./);
        assert.doesNotMatch(await type("flux tree"), /ConfigMap\/podinfo\/example/);

        fleet.push(["systems/echo-mirror/kustomization.yaml", "resources:\n", "resources:\n  - example.yaml\n"]);
        await fetch();
        await until("the layer to have it", () => type("flux tree"), /ConfigMap\/podinfo\/example/);

        await cluster.kubectl("delete", "configmap", "example", "-n", "podinfo");
        assert.match(await guide.type("Have Flux act", "flux reconcile kustomization"), /applied revision/);
        assert.match(await cluster.kubectl("get", "configmap", "example", "-n", "podinfo"), /example/);
    });

    it("finds why Let's Encrypt refuses, and gives cert-manager its role back", async () => {
        const type = within("Let's Encrypt refuses a challenge");
        const resource = await stackResources(checkout);
        await new AzureDeployer(checkout.session()).revoke(resource("RoleAssignment", "landfall-cert-manager-"));
        await cluster.kubectl("delete", "secret", "podinfo-tls", "-n", "podinfo");
        const certificate = { kind: "certificate", name: "podinfo-tls", namespace: "podinfo" };
        assert.match(await type("kubectl get certificates"), /podinfo-tls/);
        await until("the refusal", () => type("kubectl describe certificate"), /AuthorizationFailed/);
        assert.match(await type("kubectl get orders"), /No resources found/);
        await type("kubectl describe challenges");
        assert.match(await type("kubectl get clusterissuer"), /"type":"Ready"/);
        const { code, output } = await checkout.run("pulumi", "up", "--refresh", "--yes", "--skip-preview");
        assert.equal(code, 0, output);
        await until("the certificate", () => cluster.message(certificate, "Ready", "True"), /up to date/);
    });

    it("goes back by hand, and on with Flux", async () => {
        const type = within("By hand");
        const image = async () =>
            cluster.kubectl(
                "get",
                "deployment",
                "echo-mirror",
                "-n",
                "podinfo",
                "-o",
                "jsonpath={..containers[0].image}",
            );
        const before = await image();
        fleet.push(
            ["clusters/staging/apps/kustomization.yaml", "newTag: v1.11.0", "newTag: v1.10.4"],
            ["systems/traefik/release.yaml", "memory: 256Mi", "memory: 320Mi"],
        );
        await fetch();
        await until("the newer version", image, /v1\.10\.4/);
        assert.match(await type("flux suspend kustomization"), /suspended/);
        await type("kubectl rollout undo");
        assert.match(await type("kubectl rollout status"), /successfully rolled out/);
        assert.equal(await image(), before);
        assert.match(await type("flux resume kustomization"), /applied revision/);
        assert.match(await image(), /v1\.10\.4/);

        const limit = async () =>
            cluster.kubectl("get", "deployment", "traefik", "-n", "traefik", "-o", "jsonpath={..limits.memory}");
        await until("the newer release", limit, /320Mi/);
        await until("the release to be Ready", messageOf(traefik, "True"), /upgrade succeeded/);
        assert.match(await type("flux suspend helmrelease"), /suspended/);
        assert.match(await type("helm rollback"), /Rollback was a success/);
        assert.match(await type("helm history"), /Rollback to \d/);
        assert.equal(await limit(), "256Mi");
        assert.match(await type("flux resume helmrelease"), /applied revision 41/);
        assert.equal(await limit(), "320Mi");
    });

    it("is quiet before an upgrade", async () => {
        const type = within("Upgrades");
        await until(
            "everything to be Ready",
            () => type("flux get all"),
            // The image of podinfo is nowhere in the sandbox.
            (text) => !/^\S+\s*\t(?!image(repository|policy)\/podinfo)\w+\/\S+/m.test(text),
        );
        assert.match(await type("kubectl get poddisruptionbudgets"), /ALLOWED DISRUPTIONS[^]*podinfo/);
        assert.doesNotMatch(await type("kubectl get --raw"), /Error/);
    });

    it("has no command that nobody ran", () => assert.deepEqual(guide.notRun(), []));
});

/** A cause that no commit takes away. Helm's roll-back to less memory passes. */
const tooMuchMemory = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: test-memory }
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments] }
  validations:
    - expression: "!object.spec.template.spec.containers.exists(c, c.?resources.?requests.memory.orValue('') == '192Mi')"
      message: 192Mi is too much for the test
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: test-memory }
spec: { policyName: test-memory, validationActions: [Deny] }
`;
