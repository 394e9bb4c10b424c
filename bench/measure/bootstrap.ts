import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import type { Checkout } from "../../test/support/checkout";
import { Cluster } from "../../test/support/cluster";
import { FleetClone } from "../../test/support/fleet-clone";
import { stackResources } from "../../test/support/stack-resources";
import { until } from "../../test/support/until";
import { organization } from "../../tools/drill/github-deployer";
import { fluxStatus } from "../../tools/sandbox/flux-status";
import type { Report } from "../../tools/sandbox/report";
import { type Bench, stack } from "../bench";
import { BenchError } from "../bench-error";
import type { Measurement, Result } from "../measurement";

/** How long the same tree takes in a cluster of the same kind without the program. */
export const bootstrap: Measurement = {
    name: "bootstrap",
    title: "Flux and the layers by `up`, against `flux bootstrap git` and steps by hand",
    run: measure,
};

const root = `clusters/${stack}`;
const namespace = "flux-system";
/** Flux's controllers that act in Azure. */
const identified = ["kustomize-controller", "source-controller", "image-reflector-controller"];
const extra = ["image-reflector-controller", "image-automation-controller", "source-watcher"];

async function measure(bench: Bench): Promise<Result> {
    const { checkout, coldStart } = await bench.platform();
    const given = await whatFluxIsGiven(checkout);
    bench.log("a new cluster, without Flux");
    await checkout.output("pulumi", "--stack", stack, "destroy", "--exclude-protected", "--yes", "--skip-preview");
    await makeCloud(checkout);
    // Built before, as the program's own tools are.
    await checkout.output("flux", "--stack", stack, "version", "--client");

    bench.log("flux bootstrap git");
    const steps: [string, () => Promise<unknown>][] = [
        ["namespace, key and variables, by `kubectl apply`", () => apply(checkout, given)],
        ["patches of Flux's controllers, by a commit", () => commitPatches(checkout)],
        ["`flux bootstrap git`", () => runBootstrap(checkout)],
        ["until everything is Ready", () => untilReady(checkout)],
    ];
    const rows: [string, number][] = [];
    for (const [name, step] of steps) {
        const started = performance.now();
        await step();
        rows.push([name, (performance.now() - started) / 1000]);
    }
    const theirs = rows.reduce((sum, [, seconds]) => sum + seconds, 0);
    const [flux, layers] = [phaseOf(coldStart, "flux"), phaseOf(coldStart, "layers")];
    const cell = (seconds: number) => `${seconds.toFixed(1)} s`;
    return {
        tables: [
            {
                head: ["", "time"],
                rows: [
                    ...rows.map(([name, seconds]) => [name, cell(seconds)]),
                    ["**by hand**", cell(theirs)],
                    ["Flux, by `up`", cell(flux)],
                    ["layers, by `up`", cell(layers)],
                    ["**by `up`**", cell(flux + layers)],
                ],
            },
        ],
        ratios: [
            {
                name: "Flux and layers, `up` / by hand",
                value: (flux + layers) / theirs,
                aim: 0.2,
                why: "Both wait for the health of the same systems, layer after layer, at which Flux and Helm look every five seconds.",
            },
        ],
        notes: [
            "The same tree, kind of cluster and world. `up` is the cold start's. By hand, Flux has its defaults: each layer that waits for another looks again after half a minute. Nobody thinks or types in between, and the manifests are ready to apply.",
        ],
    };
}

/**
 * `pulumi up` without Flux and without the wait for it. The program ends with an error all the same, since nothing
 * tells it that Flux is ready; that all of the cloud is there shows in what becomes Ready.
 */
async function makeCloud(checkout: Checkout): Promise<void> {
    const flux = ["--exclude", "**landfall:gitops:Flux**", "--exclude", "**:FluxReadiness::**"];
    const { output } = await checkout.run("pulumi", "--stack", stack, "up", ...flux, "--yes", "--skip-preview");
    if ((await checkout.status()).clusters.length !== 1) {
        throw new BenchError(`pulumi up made no cluster:\n${output}`);
    }
}

/** What the tree needs in a cluster before Flux is there, as the program makes it. */
async function whatFluxIsGiven(checkout: Checkout): Promise<readonly object[]> {
    const cluster = new Cluster(checkout, stack);
    const [key, variables] = await Promise.all([
        cluster.get<{ data: object }>({ kind: "secret", name: "sops-gpg" }),
        cluster.get<{ data: object }>({ kind: "configmap", name: "cluster-vars" }),
    ]);
    return [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
        { apiVersion: "v1", kind: "Secret", metadata: { name: "sops-gpg", namespace }, data: key.data },
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cluster-vars", namespace }, data: variables.data },
    ];
}

async function apply(checkout: Checkout, objects: readonly object[]): Promise<void> {
    const file = path.join(checkout.directory, "given.yaml");
    fs.writeFileSync(file, objects.map((object) => stringify(object)).join("---\n"), { mode: 0o600 });
    await new Cluster(checkout, stack).kubectl("apply", "-f", file);
}

/** https://fluxcd.io/flux/installation/configuration/bootstrap-customization/ */
async function commitPatches(checkout: Checkout): Promise<void> {
    const resource = await stackResources(checkout);
    const clientId = (name: string) => resource("UserAssignedIdentity", `landfall-${name}`).outputs.clientId;
    const sync = {
        decryption: { provider: "sops", secretRef: { name: "sops-gpg" } },
        postBuild: { substituteFrom: [{ kind: "ConfigMap", name: "cluster-vars" }] },
    };
    const use = { "azure.workload.identity/use": "true" };
    const kustomization = {
        apiVersion: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        resources: ["gotk-components.yaml", "gotk-sync.yaml"],
        patches: [
            patchOf("kustomize.toolkit.fluxcd.io/v1", "Kustomization", namespace, { spec: sync }),
            ...identified.flatMap((name) => [
                patchOf("v1", "ServiceAccount", name, {
                    metadata: { name, annotations: { "azure.workload.identity/client-id": clientId(name) } },
                }),
                patchOf("apps/v1", "Deployment", name, { spec: { template: { metadata: { labels: use } } } }),
            ]),
        ],
    };
    const folder = `${root}/flux-system`;
    new FleetClone(checkout).push(
        [`${folder}/gotk-components.yaml`, /^/, "\n"],
        [`${folder}/gotk-sync.yaml`, /^/, "\n"],
        [`${folder}/kustomization.yaml`, /^/, stringify(kustomization)],
    );
}

function patchOf(apiVersion: string, kind: string, name: string, change: object) {
    return { target: { kind, name }, patch: stringify({ apiVersion, kind, metadata: { name }, ...change }) };
}

async function runBootstrap(checkout: Checkout): Promise<void> {
    const repository = `https://github.com/${organization}/fleet-${stack}`;
    const args = [
        ...["bootstrap", "git", `--url=${repository}`, `--branch=${stack}`, `--path=${root}`],
        ...["--token-auth", "--username=git", `--components-extra=${extra.join(",")}`],
    ];
    const environment = { GIT_PASSWORD: checkout.session().environment.GITHUB_TOKEN };
    const { code, output } = await checkout.launch(["flux", "--stack", stack, ...args], { environment }).ended;
    if (code !== 0) {
        throw new BenchError(`flux bootstrap git failed:\n${output}`);
    }
}

function untilReady(checkout: Checkout): Promise<unknown> {
    return until(
        "everything in the tree to be Ready",
        async () => {
            const status = await fluxStatus(checkout.sandbox, stack);
            return { ready: status?.ready === true, waitsFor: status?.blockers.map(({ name }) => name) };
        },
        ({ ready }) => ready,
        20,
    );
}

function phaseOf({ phases }: Report, name: string): number {
    const phase = phases.find((each) => each.name === name);
    if (phase === undefined) {
        throw new BenchError(`npm start has no phase ${name}; it has ${phases.map((each) => each.name).join(", ")}`);
    }
    return phase.ms / 1000;
}
