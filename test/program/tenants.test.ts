import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { useCheckout } from "../support/checkout";
import { listTeams } from "../support/checkout-tree";
import { addresses } from "../support/escapes/addresses";
import { forTenants } from "../support/escapes/attempt";
import { commits } from "../support/escapes/commits";
import { delivery } from "../support/escapes/delivery";
import { edge } from "../support/escapes/edge";
import { type Escape, kustomization } from "../support/escapes/escape";
import { monitoring } from "../support/escapes/monitoring";
import { pods } from "../support/escapes/pods";
import { chartOfPlatform, fetches, references } from "../support/escapes/references";
import { rights } from "../support/escapes/rights";
import { app, others, watched } from "../support/escapes/team-manifests";
import { controllerLog, type Manifest, Team } from "../support/team";
import { until } from "../support/until";

/**
 * What a tenant cannot do in a cluster with the real API server and Flux controllers. The test does not prove that a
 * network plugin enforces the network policies: the sandbox does, for Flux's own processes. The tenant's role has no
 * image automation.
 */
describe("a tenant", function () {
    const checkout = useCheckout(this);
    const team = new Team(checkout, "team-example");
    const { kubectl } = team.cluster;
    let unlist: () => void;

    before("starts staging with the example team", async () => {
        unlist = listTeams(checkout, team.name);
        const elsewhere = "oci://ghcr.io/traefik/helm/ https://events.example.org";
        checkout.edit(`gitops/tenants/${team.name}/namespace.yaml`, (text) =>
            text.replace(/landfall\/addresses: .*/, (line) => `${line} ${elsewhere}`),
        );
        // The platform becomes Ready although the team has no repository yet.
        await checkout.up();
    });

    it("gets what it commits, in its own namespace", async () => {
        await team.createRepository();
        await team.commit({ "deploy/staging/app.yaml": [...app, ...watched] });
        const ready = () => team.message("kustomization", "team", "Ready", "True");
        await until("the team's Kustomization", ready, /^Applied revision: main@sha1:/);
        const pods = ["get", "pods", "-n", team.name, "-o", "jsonpath={.items[*].status.phase}"];
        await until("the team's pod", () => kubectl(...pods), /^Running$/);
    });

    describe("is refused", () => {
        const escapes = [...references, ...fetches, ...commits];

        before("commits everything at once", async () => {
            const objects = [...app, ...watched, ...others, chartOfPlatform, ...escapes.map(({ object }) => object)];
            const folders = Object.fromEntries(escapes.filter(({ applies }) => applies).map(fileOf));
            await team.commit({ "deploy/staging/app.yaml": objects, ...folders });
            const made = () => kubectl("get", "kustomizations", "-n", team.name);
            const names = escapes.filter(({ object }) => object.kind === "Kustomization");
            const last = names.at(-1)?.object.metadata.name ?? "";
            await until("what the team's Kustomization applies", made, new RegExp(`^${last} `, "m"));
        });

        for (const escape of escapes) {
            it(escape.title, async () => {
                const { kind, metadata } = escape.object;
                const [type, status] = escape.condition ?? ["Ready", "False"];
                const ask = () => team.message(kind, metadata.name, type, status);
                await until(`${kind} ${metadata.name}`, ask, escape.message);
            });
        }

        for (const { title, object, message } of [
            ...rights,
            ...delivery,
            ...addresses,
            ...edge,
            ...monitoring,
            ...pods,
        ]) {
            it(title, async () => assert.match(await team.create(object), message));
        }

        it("a kubeconfig for a Kustomization that is being deleted, which kustomize-controller still cleans up", async () => {
            const metadata = {
                ...{ name: "leaving", namespace: team.name, labels: forTenants },
                finalizers: ["example.org/stay"],
            };
            const leaving = { ...kustomization("leaving", { serviceAccountName: "flux", suspend: true }), metadata };
            assert.match(await team.create(leaving), /created/);
            await team.asTeam("delete", "kustomization", "leaving", "-n", team.name, "--wait=false");
            const patch = (value: unknown) => {
                const flags = ["-n", team.name, "--type=merge", "-p", JSON.stringify(value)];
                return team.asTeam("patch", "kustomization", "leaving", ...flags);
            };
            const answer = await patch({ spec: { kubeConfig: { secretRef: { name: "kubeconfig" } } } });
            assert.match(answer, /denied request: a tenant may not reach a cluster/);
            assert.match(await patch({ metadata: { finalizers: null } }), /patched/);
        });

        it("more objects than its quota counts, each with its kind's name", async () => {
            const items = Array.from({ length: 60 }, (_, index) => ({
                ...{ apiVersion: "v1", kind: "ConfigMap" },
                metadata: { name: `many-${index}`, namespace: team.name, labels: { many: "true" } },
            }));
            const list = { apiVersion: "v1", kind: "List", metadata: { name: "many" }, items };
            assert.match(await team.create(list), /exceeded quota: team, requested: count\/configmaps=1, used: .*=50/);
            await team.asTeam("delete", "configmaps", "-l", "many=true", "-n", team.name);
        });

        it("a HelmRelease whose chart comes from a source of the platform", async () => {
            const message =
                /cross-namespace references are not allowed: cannot access HelmChart flux-system\/team-example-source-ref/;
            await until("helm-controller's log", () => controllerLog(checkout, "helm-controller-tenants"), message);
        });

        it("events of the platform", async () => {
            await team.cluster.reconcile({ kind: "kustomization", name: "tenants" });
            const messages = "jsonpath={range .items[*]}{.message}{'\\n'}{end}";
            const events = () => kubectl("get", "events", "-n", team.name, "-o", messages);
            await until(
                "the alert's events",
                events,
                /can't process event from .*, cross-namespace references have been blocked/,
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
        it("has its limits and network policy as before, and nothing outside of its namespace", async () => {
            const fence = ["-n", team.name, "-o", "jsonpath={.items[*].metadata.name} {.items[*].spec.hard.pods}"];
            assert.equal(await kubectl("get", "resourcequotas,networkpolicies", ...fence), "team team 20");
            const escaped = await kubectl("get", "configmaps,roles,rolebindings", "-A", "-o", "name");
            assert.doesNotMatch(escaped, /\/escape$/m);
            for (const kind of ["namespaces", "clusterroles", "clusterrolebindings", "crds"]) {
                assert.doesNotMatch(await kubectl("get", kind, "-o", "name"), /\/escapes?(\.example\.org)?$/m);
            }
        });

        it("has left every layer and release of the platform Ready", async () => {
            const path = "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}";
            const ready = () => kubectl("get", "kustomizations,helmreleases", "-n", "flux-system", "-o", path);
            await until("everything of the platform", ready, /^True( True){9,}$/);
        });

        it("loses its rights once it is no longer listed, while its limits and network policy stay", async () => {
            unlist();
            await checkout.up();
            assert.match(await team.asTeam("get", "secrets", "-n", team.name), /cannot list resource "secrets"/);
            const flux = () => kubectl("get", "kustomizations,gitrepositories", "-n", team.name, "-o", "name");
            await until("what the platform made for the team to go", flux, (names) => !/\/team$/m.test(names));
            const fence = await kubectl("get", "quota,limits,networkpolicies", "-n", team.name, "-o", "name");
            assert.equal(fence.trim().split("\n").length, 3);
        });
    });

    /** What the API server answers to whoever holds a token of the team's service account. */
    async function withOwnToken(...args: string[]): Promise<string> {
        const token = await kubectl("create", "token", "flux", "-n", team.name);
        const { clusters } = JSON.parse(await kubectl("config", "view", "--raw", "--minify", "-o", "json")) as {
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
        return team.cluster.answer("get", "secrets", "-n", "flux-system", `--kubeconfig=${file}`, ...args);
    }
});

function fileOf({ object, applies = [] }: Escape): [string, readonly Manifest[]] {
    const [first] = applies;
    const file = first?.apiVersion.startsWith("kustomize.config") ? "kustomization.yaml" : "escape.yaml";
    return [`${object.metadata.name}/${file}`, applies];
}
