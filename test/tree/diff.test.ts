import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { ClusterChange } from "../../tools/tree/compare";
import { changesSince } from "../../tools/tree/diff";
import { changesAsMarkdown, describeChanges } from "../../tools/tree/diff-report";
import { chartCache, storeArchive } from "../../tools/tree/published/cache";
import { writeLock } from "../../tools/tree/published/lock";
import { packagedChart } from "../support/chart-package";
import { inPlaceOfTraefik, traefikPods } from "../support/published-charts";
import { treeRoot } from "../support/tree";

/** A repository of its own with the tree as its only commit. */
describe("npm run tree -- diff", () => {
    const repository = fs.mkdtempSync(path.join(os.tmpdir(), "tree-diff-"));
    const git = (...args: string[]) => {
        const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
        const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" };
        return execFileSync("git", [...identity, ...args], { cwd: repository, encoding: "utf8", stdio: "pipe", env });
    };

    before(() => {
        git("init", "--quiet");
        fs.cpSync(treeRoot, path.join(repository, "gitops"), { recursive: true });
        for (const stack of ["staging", "production"]) {
            fs.writeFileSync(path.join(repository, `Pulumi.${stack}.yaml`), "config: {}\n");
        }
        git("add", ".");
        git("commit", "--quiet", "--message", "tree");
    });
    after(() => fs.rmSync(repository, { recursive: true, force: true }));
    afterEach(() => git("checkout", "--quiet", "."));

    const edit = (file: string, from: string | RegExp, to: string) => {
        const full = path.join(repository, file);
        const text = fs.readFileSync(full, "utf8");
        assert.notEqual(text.replace(from, to), text, `${file} has no ${String(from)}`);
        fs.writeFileSync(full, text.replace(from, to));
    };
    const changes = (...stacks: string[]) => changesSince(repository, "HEAD", stacks);
    const names = ({ changes: own }: ClusterChange) =>
        own.map(({ kind, layer, object }) => `${kind} ${layer} ${object}`);

    it("says of each environment that nothing changes, when nothing does", async () => {
        const text = describeChanges(await changes("staging", "production"));
        assert.equal(text, "staging (istio): no change\n\nproduction (istio): no change");
    });

    it("shows a change of a base in every environment that it reaches, and not where a patch hides it", async () => {
        edit("gitops/systems/podinfo/autoscaler.yaml", "minReplicas: 2", "minReplicas: 3");
        const [staging, production] = await changes("staging", "production");
        assert.ok(staging && production);
        assert.deepEqual(names(staging), ["changed apps HorizontalPodAutoscaler podinfo/podinfo"]);
        assert.deepEqual(names(production), []);
        assert.deepEqual(
            staging.changes[0]?.diff.filter((line) => /^[+-]/.test(line)),
            ["-  minReplicas: 2", "+  minReplicas: 3"],
        );
    });

    it("shows what is added, what is removed, and what moves to another layer", async () => {
        const issuer = "  - ../../systems/cert-manager/letsencrypt.yaml\n";
        edit("gitops/layers/infra-config/kustomization.yaml", issuer, "");
        edit("gitops/layers/apps/kustomization.yaml", "resources:\n", `resources:\n${issuer}`);
        edit("gitops/layers/namespaces/kustomization.yaml", "  - ../../systems/velero/namespace.yaml\n", "");
        edit("gitops/layers/canary/kustomization.yaml", "patches:\n", "resources: [made.yaml]\npatches:\n");
        const made = path.join(repository, "gitops/layers/canary/made.yaml");
        const metadata = "metadata:\n  name: made\n  namespace: flux-system\n";
        fs.writeFileSync(made, `apiVersion: v1\nkind: ConfigMap\n${metadata}`);
        const [staging] = await changes("staging");
        fs.rmSync(made);
        assert.ok(staging);
        for (const name of [
            "added canary ConfigMap flux-system/made",
            "removed namespaces Namespace velero",
            "changed infra-config → apps ClusterIssuer letsencrypt",
        ]) {
            assert.ok(names(staging).includes(name), names(staging).join("\n"));
        }
    });

    it("masks the values of Secrets, and says which is another one", async () => {
        const file = "gitops/clusters/staging/podinfo-credentials.sops.yaml";
        const value =
            /ENC\[AES256_GCM,data:(.*?),/.exec(fs.readFileSync(path.join(repository, file), "utf8"))?.[1] ?? "";
        edit(file, value, "AAAA");
        const text = describeChanges(await changes("staging"));
        assert.match(text, /~ Secret podinfo\/podinfo-credentials {2}\(apps, /);
        assert.match(text, /-.*jwt-secret: \(hidden\)\n.*\+.*jwt-secret: \(hidden, another value\)/);
        assert.match(text, /encrypted to:/);
        assert.doesNotMatch(text, /ENC\[/);
    });

    it("shows a mesh that the stack file changes as what goes and what comes", async () => {
        fs.writeFileSync(path.join(repository, "Pulumi.staging.yaml"), "config:\n  landfall:serviceMesh: linkerd\n");
        const [staging] = await changes("staging");
        assert.ok(staging);
        assert.equal(staging.mesh, "linkerd");
        assert.ok(names(staging).includes("removed mesh HelmRelease flux-system/istiod"));
        assert.ok(names(staging).includes("added mesh HelmRelease flux-system/linkerd-control-plane"));
    });

    it("writes Markdown with a line an environment, and each object to unfold", async () => {
        edit("gitops/systems/traefik/source.yaml", "tag: 41.3.0", "tag: 41.4.0");
        const text = changesAsMarkdown(await changes("staging"));
        assert.match(
            text,
            /^## What this changes in the clusters\n\n\*\*staging \(istio\): 0 added, 1 changed, 0 removed\*\*\n/,
        );
        assert.match(text, /<details><summary><code>~<\/code> infra: OCIRepository flux-system\/traefik<\/summary>/);
        assert.match(text, /```diff\n@@ [^]*-    tag: 41\.3\.0\n\+    tag: 41\.4\.0\n[^]*```\n\n<\/details>/);
    });

    it("keeps a manifest's own Markdown inside its block", () => {
        const diff = ["@@ -0,0 +1 @@", "+a: ```", "+b: ````"];
        const change = { kind: "added", layer: "apps", object: "ConfigMap a/b", file: "a.yaml", diff } as const;
        const text = changesAsMarkdown([{ environment: "staging", mesh: "istio", changes: [change] }]);
        assert.match(text, /^`````diff$/m);
    });

    it("shows less of each object where there are many, so that GitHub takes the summary", () => {
        const diff = Array.from({ length: 300 }, (_, line) => `+${line}`);
        const change = { kind: "added", layer: "apps", object: "ConfigMap a/b", file: "a.yaml", diff } as const;
        const clusters = [
            { environment: "staging", mesh: "istio", changes: Array.from({ length: 500 }, () => change) },
        ];
        assert.equal(changesAsMarkdown(clusters).match(/^… and 280 lines more$/gm)?.length, 500);
        assert.match(describeChanges([{ ...clusters[0]!, changes: [change] }]), /… and 100 lines more/);
    });

    it("takes a revision that needs an older program for what it can, and names the rest", async () => {
        edit("gitops/systems/velero/identity.yaml", "${velero_client_id}", "${velero_id}");
        git("commit", "--quiet", "--all", "--message", "older");
        edit("gitops/systems/velero/identity.yaml", "${velero_id}", "${velero_client_id}");
        const text = describeChanges(await changes("staging"));
        git("reset", "--quiet", "--hard", "HEAD^");
        assert.match(
            text,
            /^staging \(istio\): 0 added, 1 changed, 0 removed\nOf the tree before, this could not be rendered:/,
        );
        assert.match(text, /systems\/velero\/identity\.yaml:7: variable velero_id has no value/);
    });

    it("refuses a tree that does not build, with the place", async () => {
        edit("gitops/systems/traefik/kustomization.yaml", "- release.yaml", "- releases.yaml");
        await assert.rejects(
            changes("staging"),
            /the work tree cannot be rendered:\ngitops\/systems\/traefik\/kustomization\.yaml:\d+: systems\/traefik\/kustomization\.yaml names systems\/traefik\/releases\.yaml/,
        );
    });

    it("refuses a revision that Git does not know, with what to write", async () => {
        await assert.rejects(
            changesSince(repository, "nowhere", ["staging"]),
            /^Error: --base nowhere: .*--base origin\/main/s,
        );
    });

    describe("with published charts at hand", () => {
        const source = "oci://ghcr.io/traefik/helm/traefik";
        const cache = process.env.LANDFALL_CACHE;
        const lockFile = path.join(repository, "charts.lock.json");

        before(() => {
            const pods = traefikPods({
                image: "docker.io/traefik:{{ .Chart.Version }}",
            });
            process.env.LANDFALL_CACHE = path.join(repository, ".git/cache");
            const locked = ["41.3.0", "41.4.0"].map((version) => {
                const archive = packagedChart({ ...inPlaceOfTraefik(pods), version });
                return { name: "traefik", version, source, digest: storeArchive(chartCache(), archive) };
            });
            writeLock(lockFile, locked);
            git("add", "charts.lock.json");
            git("commit", "--quiet", "--message", "lock");
        });
        after(() => {
            process.env.LANDFALL_CACHE = cache;
            if (cache === undefined) {
                delete process.env.LANDFALL_CACHE;
            }
            git("rm", "--quiet", "charts.lock.json");
        });

        it("shows what a new version of a chart changes in what its release makes", async () => {
            edit("gitops/systems/traefik/source.yaml", "tag: 41.3.0", "tag: 41.4.0");
            const [staging] = await changes("staging");
            assert.ok(staging);
            assert.deepEqual(names(staging), [
                "changed infra Deployment traefik/traefik",
                "changed infra OCIRepository flux-system/traefik",
            ]);
            assert.deepEqual(
                staging.changes[0]?.diff.filter((line) => /^[+-]/.test(line)),
                ["-          image: docker.io/traefik:41.3.0", "+          image: docker.io/traefik:41.4.0"],
            );
        });

        it("shows none of it for a version that is not at hand", async () => {
            edit("gitops/systems/traefik/source.yaml", "tag: 41.3.0", "tag: 41.5.0");
            const [staging] = await changes("staging");
            assert.ok(staging);
            assert.deepEqual(names(staging), ["changed infra OCIRepository flux-system/traefik"]);
        });
    });
});
