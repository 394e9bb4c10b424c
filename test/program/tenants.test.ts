import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { listTeam } from "../../tools/tree/add-team";
import { Checkout } from "../support/checkout";
import type { Escape } from "../support/escapes/escape";
import { chartOfPlatform, references } from "../support/escapes/references";
import { rights } from "../support/escapes/rights";
import { settings } from "../support/escapes/settings";
import { app, others } from "../support/escapes/team-manifests";
import { controllerLog, type Manifest, Team, until } from "../support/team";

/**
 * A tenant of a cluster with the real API server and Flux controllers, and what it cannot do there. Not proved: that the
 * network policy is enforced (the sandbox has no network plugin), and that image-automation-controller keeps to the
 * namespace (it does not run in the sandbox; the tenant's role has no image automation).
 */
describe("a tenant", function () {
    this.timeout(180_000);
    const checkout = new Checkout();
    const team = new Team(checkout, "team-example");

    let unlist: () => void;

    before("starts staging with the example team", async () => {
        unlist = checkout.edit("gitops/clusters/staging/kustomization.yaml", (text) => text);
        listTeam(checkout.path("gitops"), "staging", "team-example");
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 0, output);
        assert.equal(report.ready, true, "the team's missing repository makes nothing of the platform unready");
    });

    after(() => checkout.remove());

    it("gets what it commits, in its own namespace", async () => {
        await team.createRepository();
        await team.commit({ "deploy/staging/app.yaml": [...app] });
        const ready = () => team.refusal("kustomization", "team", "Ready", "True");
        await until(/^Applied revision: main@sha1:/, ready, "the team's Kustomization");
        const pods = await team.kubectl("get", "pods", "-n", team.name, "-o", "jsonpath={.items[*].status.phase}");
        assert.equal(pods, "Running");
    });

    describe("is refused", () => {
        const escapes = [...references, ...rights, ...settings];

        before("commits everything at once", async () => {
            const objects = [...app, ...others, chartOfPlatform, ...escapes.map(({ object }) => object)];
            const folders = Object.fromEntries(escapes.filter(({ applies }) => applies).map(fileOf));
            await team.commit({ "deploy/staging/app.yaml": objects, ...folders });
            const made = () => team.kubectl("get", "kustomizations", "-n", team.name);
            const names = escapes.filter(({ object }) => object.kind === "Kustomization");
            await until(
                new RegExp(names.at(-1)?.object.metadata.name ?? ""),
                made,
                "what the team's Kustomization applies",
            );
        });

        for (const escape of escapes) {
            it(escape.title, async () => {
                const { kind, metadata } = escape.object;
                const [type, status] = escape.condition ?? ["Ready", "False"];
                const ask = () => team.refusal(kind, metadata.name, type, status);
                await until(escape.message, ask, `${kind} ${metadata.name}`);
            });
        }

        it("a HelmRelease whose chart comes from a source of the platform", async () => {
            const message =
                /cross-namespace references are not allowed: cannot access HelmChart flux-system\/team-example-source-ref/;
            await until(message, () => controllerLog(checkout, "helm-controller"), "helm-controller's log");
        });

        it("events of the platform, though it asks for them", async () => {
            await team.reconcile("kustomization", "tenants", "flux-system");
            const events = () =>
                team.kubectl(
                    "get",
                    "events",
                    "-n",
                    team.name,
                    "-o",
                    "jsonpath={range .items[*]}{.message}{'\\n'}{end}",
                );
            await until(
                /can't process event from .*, cross-namespace references have been blocked/,
                events,
                "the alert's events",
            );
        });

        for (const [title, args, message] of [
            ["the platform's Secrets", ["get", "secrets", "-n", "flux-system"], /cannot list resource "secrets"/],
            [
                "a token of the platform's service account",
                ["create", "token", "kustomize-controller", "-n", "flux-system"],
                /cannot create resource "serviceaccounts\/token"/,
            ],
            [
                "a token of its own service account",
                ["create", "token", "flux", "-n", "team-example"],
                /cannot create resource "serviceaccounts\/token"/,
            ],
            [
                "removing its network policy",
                ["delete", "networkpolicy", "team", "-n", "team-example"],
                /cannot delete resource "networkpolicies"/,
            ],
            [
                "removing its limits",
                ["delete", "limitrange,resourcequota", "team", "-n", "team-example"],
                /cannot delete resource "limitranges".*cannot delete resource "resourcequotas"/s,
            ],
            [
                "a lower level of pod security",
                ["label", "namespace", "team-example", "pod-security.kubernetes.io/enforce=privileged", "--overwrite"],
                /namespaces "team-example" is forbidden/,
            ],
            [
                "its way out of the rules for tenants, the Namespace's label",
                ["label", "namespace", "team-example", "toolkit.fluxcd.io/tenant-"],
                /namespaces "team-example" is forbidden/,
            ],
        ] as const) {
            it(title, async () => assert.match(await team.asTeam(...args), message));
        }

        it("to act as somebody else, with a token of its own", async () => {
            const answer = await withOwnToken("--as=system:serviceaccount:flux-system:kustomize-controller");
            assert.match(answer, /"system:serviceaccount:team-example:flux" cannot impersonate/);
            assert.match(
                await withOwnToken("--as=any", "--as-group=system:masters"),
                /"system:serviceaccount:team-example:flux" cannot impersonate/,
            );
        });
    });

    describe("after all that", () => {
        it("has widened nothing, and changed nothing outside of its namespace", async () => {
            const fence = ["-n", team.name, "-o", "jsonpath={.items[*].metadata.name} {.items[*].spec.hard.pods}"];
            assert.equal(await team.kubectl("get", "resourcequotas,networkpolicies", ...fence), "team team 20");
            const escaped = await team.kubectl("get", "configmaps,roles,rolebindings", "-A", "-o", "name");
            assert.doesNotMatch(escaped, /\/escape$/m);
            for (const kind of ["namespaces", "clusterroles", "clusterrolebindings", "crds"]) {
                assert.doesNotMatch(await team.kubectl("get", kind, "-o", "name"), /\/escapes?(\.example\.org)?$/m);
            }
        });

        it("has left every layer and release of the platform Ready", async () => {
            const path = "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}";
            const ready = await team.kubectl("get", "kustomizations,helmreleases", "-n", "flux-system", "-o", path);
            assert.match(ready, /^True( True){9,}$/);
        });

        it("loses its rights once it is no longer listed, and keeps its fence", async () => {
            unlist();
            const { code, output, report } = await checkout.start("staging");
            assert.equal(code, 0, output);
            assert.equal(report.ready, true);
            assert.match(await team.asTeam("get", "secrets", "-n", team.name), /cannot list resource "secrets"/);
            const flux = () => team.kubectl("get", "kustomizations,gitrepositories", "-n", team.name, "-o", "name");
            await until(/^(?!.*\/team$)/s, flux, "what the platform made for the team");
            const fence = await team.kubectl("get", "quota,limits,networkpolicies", "-n", team.name, "-o", "name");
            assert.equal(fence.trim().split("\n").length, 3);
        });
    });

    /** What the API server answers to whoever holds a token of the team's service account. */
    async function withOwnToken(...args: string[]): Promise<string> {
        const token = await team.kubectl("create", "token", "flux", "-n", team.name);
        const { clusters } = JSON.parse(await team.kubectl("config", "view", "--raw", "--minify", "-o", "json")) as {
            clusters: { cluster: unknown }[];
        };
        const file = path.join(checkout.directory, "token.kubeconfig");
        const config = {
            apiVersion: "v1",
            kind: "Config",
            "current-context": "team",
            clusters: [{ name: "team", cluster: clusters[0]?.cluster }],
            users: [{ name: "team", user: { token } }],
            contexts: [{ name: "team", context: { cluster: "team", user: "team" } }],
        };
        fs.writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
        return team.answer("get", "secrets", "-n", "flux-system", `--kubeconfig=${file}`, ...args);
    }
});

function fileOf({ object, applies = [] }: Escape): [string, readonly Manifest[]] {
    const [first] = applies;
    const file = first?.apiVersion.startsWith("kustomize.config") ? "kustomization.yaml" : "escape.yaml";
    return [`${object.metadata.name}/${file}`, applies];
}
