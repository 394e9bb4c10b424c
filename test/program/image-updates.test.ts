import * as assert from "node:assert/strict";
import { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
import { useCheckout } from "../support/checkout";
import { Cluster } from "../support/cluster";
import { FleetClone } from "../support/fleet-clone";
import { until } from "../support/until";

const file = "clusters/staging/apps/kustomization.yaml";
const pulls = `repos/${organization}/fleet-staging/pulls`;

/**
 * A new image of the platform's own apps, from its registry to the pod, by the real image-reflector and
 * image-automation controllers. The images have no content, and kwok's pods run nothing.
 */
describe("an image update of the platform", function () {
    const checkout = useCheckout(this);
    const cluster = new Cluster(checkout);
    let github: GitHubDeployer;
    let clone: FleetClone;

    before("starts staging, which has landfall:imageAutomation", async () => {
        await checkout.up();
        github = new GitHubDeployer(() => checkout.session());
        clone = new FleetClone(checkout);
    });

    it("begins with the tags that are published, of which the tree has the newest", async () => {
        for (const [name, tag] of [
            ["podinfo", "6.14.1"],
            ["echo-mirror", "v1.11.0"],
        ] as const) {
            const chosen = () => cluster.message({ kind: "imagepolicy", name }, "Ready", "True");
            await until(`the tags of ${name}`, chosen, new RegExp(`resolved to ${tag.replaceAll(".", "\\.")}$`));
        }
        const { status } = await cluster.reconcile({ kind: "imageupdateautomation", name: "apps" });
        assert.equal(status, "True");
        assert.equal(branch(), "");
    });

    it("is a commit on a branch of its own once the image is pushed, and changes no pod", async () => {
        await checkout.output("push-images", "docker.io/traefik/whoami:v1.12.0", "docker.io/traefik/whoami:v2.0.0");
        await cluster.reconcile({ kind: "imagerepository", name: "echo-mirror" });
        const chosen = () => cluster.message({ kind: "imagepolicy", name: "echo-mirror" }, "Ready", "True");
        await until("the policy to choose", chosen, /v1\.12\.0/);
        await cluster.reconcile({ kind: "imageupdateautomation", name: "apps" });
        await until("the commit of the newer image", branch, /./);
        const between = ["origin/staging", "origin/image-updates"];
        assert.equal(clone.git("diff", "--name-only", ...between), file);
        assert.match(clone.git("diff", "-U0", ...between), /^-.*newTag: v1\.11\.0 #.*\n\+.*newTag: v1\.12\.0 #/m);
        assert.match(clone.git("log", "-1", "--format=%an: %s", between[1]!), /^Flux in .*: v1\.11\.0 to v1\.12\.0$/);
        assert.match(await images(), /^(docker\.io\/traefik\/whoami:v1\.11\.0\s*)+$/);
    });

    it("runs once a pull request takes it to the stack's branch, and stays when pulumi up is run", async () => {
        const { number } = await github.call<{ number: number }>("POST", pulls, {
            ...{ title: "Update images", head: "image-updates", base: "staging" },
        });
        await github.call("PUT", `${pulls}/${number}/merge`);
        await cluster.reconcile({ kind: "gitrepository", name: "flux-system" });
        await until("the newer image", images, /^docker\.io\/traefik\/whoami:v1\.12\.0$/);
        const { commits } = (await checkout.up()).git;
        assert.equal(commits, 0);
        assert.match(await images(), /:v1\.12\.0$/);
    });

    /** The branch, if Flux has made it. */
    function branch(): string {
        clone.git("fetch", "--quiet");
        return clone.git("branch", "--remotes", "--list", "origin/image-updates");
    }

    /** Of echo-mirror's pods. */
    function images(): Promise<string> {
        const label = ["-l", "app.kubernetes.io/name=echo-mirror"];
        return cluster.kubectl("get", "pods", "-n", "podinfo", ...label, "-o", "jsonpath={..containers[*].image}");
    }
});
