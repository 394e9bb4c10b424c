import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { GitAccess } from "../fleet/fleet-repository";
import { clusterVarsName, fluxNamespace, rootName, tenantShard } from "../flux-names";
import type { ClusterVars } from "./cluster-vars";

/** Version of the chart, which is that of the operator; it carries the manifests of the Flux releases that it knows. */
const operatorVersion = "0.59.0";

/**
 * The Flux release, exactly, and one that `operatorVersion` carries: what runs is what was tested. Releases before
 * 2.9.5 read files of the controllers' pods for a tenant's kubeconfig (https://github.com/advisories/GHSA-vvmq-fwmg-2gjc).
 */
const fluxVersion = "2.9.5";

export interface FluxArgs {
    readonly environment: string;
    readonly git: GitAccess;
    /** ASCII-armored PGP private key that decrypts the tree's Secrets. Secret. */
    readonly sopsPgpPrivateKey: pulumi.Input<string>;
    readonly clusterVars: ClusterVars<pulumi.Input<string>>;
    /** Client ids of the identities that Flux's own controllers act with in Azure, by controller. */
    readonly controllerClientIds: Readonly<Record<string, pulumi.Input<string>>>;
    /** How long the operator and the controllers may take to become ready. */
    readonly readyTimeoutMinutes: number;
}

/**
 * Flux and what it cannot take from Git: its namespace, the keys for reading and decrypting, the cluster's facts, the
 * source and the root Kustomization. Everything else in the cluster is Flux's. Needs a Kubernetes provider in `opts`.
 */
export class Flux extends pulumi.ComponentResource {
    /** The root Kustomization, from which Flux finds everything else. */
    readonly root: kubernetes.apiextensions.CustomResource;

    constructor(name: string, args: FluxArgs, opts: pulumi.ComponentResourceOptions) {
        super("landfall:gitops:Flux", name, {}, opts);
        const namespace = new kubernetes.core.v1.Namespace(
            `${name}-namespace`,
            { metadata: { name: fluxNamespace } },
            { parent: this },
        );
        const inNamespace = { parent: this, dependsOn: [namespace] };
        const secrets = this.createSecrets(name, args, inNamespace);
        const vars = new kubernetes.core.v1.ConfigMap(
            `${name}-cluster-vars`,
            { metadata: { ...metadata(clusterVarsName), labels: watched }, data: { ...args.clusterVars } },
            inNamespace,
        );
        const instance = this.createInstance(name, args, inNamespace);
        this.root = this.createSync(name, args, { parent: this, dependsOn: [instance, vars, ...secrets] });
        this.registerOutputs();
    }

    private createSecrets(
        name: string,
        { git, sopsPgpPrivateKey }: FluxArgs,
        opts: pulumi.CustomResourceOptions,
    ): kubernetes.core.v1.Secret[] {
        const sops = new kubernetes.core.v1.Secret(
            `${name}-sops-gpg`,
            { metadata: metadata("sops-gpg"), stringData: { "sops.asc": pulumi.secret(sopsPgpPrivateKey) } },
            opts,
        );
        const login = new kubernetes.core.v1.Secret(
            `${name}-git`,
            { metadata: metadata(rootName), stringData: pulumi.secret(git.credentials) },
            opts,
        );
        return [sops, login];
    }

    private createInstance(name: string, args: FluxArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource {
        const operator = new kubernetes.helm.v3.Release(
            `${name}-operator`,
            {
                name: "flux-operator",
                chart: "oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator",
                version: operatorVersion,
                namespace: fluxNamespace,
                // Its page shows every object of Flux, of every team, to whoever reaches it: there is no login.
                values: { web: { enabled: false } },
                timeout: args.readyTimeoutMinutes * 60,
            },
            opts,
        );
        return new kubernetes.apiextensions.CustomResource(
            `${name}-instance`,
            {
                apiVersion: "fluxcd.controlplane.io/v1",
                kind: "FluxInstance",
                metadata: { ...metadata("flux"), annotations: readiness(args) },
                spec: instanceSpec(args),
            },
            { ...opts, dependsOn: [operator] },
        );
    }

    private createSync(name: string, { environment, git }: FluxArgs, opts: pulumi.CustomResourceOptions) {
        const source = new kubernetes.apiextensions.CustomResource(
            `${name}-source`,
            {
                apiVersion: "source.toolkit.fluxcd.io/v1",
                kind: "GitRepository",
                metadata: metadata(rootName),
                spec: {
                    interval: "1m",
                    url: git.url,
                    provider: git.provider,
                    ref: { branch: git.branch },
                    secretRef: { name: rootName },
                },
            },
            opts,
        );
        return new kubernetes.apiextensions.CustomResource(
            `${name}-root`,
            {
                apiVersion: "kustomize.toolkit.fluxcd.io/v1",
                kind: "Kustomization",
                metadata: metadata(rootName),
                spec: rootSpec(environment),
            },
            { ...opts, dependsOn: [source] },
        );
    }
}

function instanceSpec({ controllerClientIds }: FluxArgs) {
    return {
        distribution: { version: fluxVersion, registry: "ghcr.io/fluxcd" },
        components: [
            "source-controller",
            "kustomize-controller",
            "helm-controller",
            "notification-controller",
            "image-reflector-controller",
            "image-automation-controller",
            // Gives each layer a revision of its own (gitops/clusters/base).
            "source-watcher",
        ],
        // Lockdown: no references across namespaces, no remote bases, and a service account without rights for every
        // Kustomization and HelmRelease that names none.
        // The medium size has ten workers a controller: a new cluster has some forty releases to install at once.
        cluster: { type: "azure", size: "medium", multitenant: true, networkPolicy: true, domain: "cluster.local" },
        // What a team's files name by URL is fetched by the controller that builds them. So teams have controllers of
        // their own, whose network policies are in gitops/systems/flux/tenant-controllers.yaml.
        sharding: { key: "sharding.fluxcd.io/key", shards: [tenantShard] },
        kustomize: {
            patches: [
                ...shardPatches(),
                ...Object.entries(controllerClientIds).flatMap(workloadIdentityPatches),
                argumentsPatch("kustomize-controller", [
                    // Half a minute a layer adds up. Looking at a dependency is a read of the API server, and it ends
                    // with the first that is not ready.
                    "--requeue-dependency=1s",
                    // A fix is applied at once, not after the health checks of what it fixes time out; a variable that
                    // nobody produces is an error, not an empty string.
                    "--feature-gates=CancelHealthCheckOnNewRevision=true,StrictPostBuildSubstitutions=true",
                ]),
                // With CancelHealthCheckOnNewRevision, helm-controller cancels at any new reconciliation, not only at a
                // new revision, and an install that was cancelled half-way counts as failed.
                argumentsPatch("helm-controller", ["--requeue-dependency=1s"]),
                argumentsPatch("source-watcher", ["--requeue-dependency=1s"]),
            ],
        },
    };
}

function rootSpec(environment: string) {
    return {
        interval: "10m",
        retryInterval: "1m",
        timeout: "5m",
        path: `./clusters/${environment}`,
        prune: true,
        // Deleting the root with the cluster must not start a race of deletions within it.
        deletionPolicy: "Orphan",
        serviceAccountName: "kustomize-controller",
        sourceRef: { kind: "GitRepository", name: rootName },
        decryption: { provider: "sops", secretRef: { name: "sops-gpg" } },
        postBuild: { substituteFrom: [{ kind: "ConfigMap", name: clusterVarsName }] },
    };
}

/** Makes Flux rebuild what uses this object whenever it changes. */
const watched = { "reconcile.fluxcd.io/watch": "Enabled" };

function metadata(name: string) {
    return { name, namespace: fluxNamespace };
}

function readiness({ readyTimeoutMinutes }: FluxArgs): Record<string, string> {
    return {
        "pulumi.com/waitFor": "condition=Ready",
        "pulumi.com/timeoutSeconds": String(readyTimeoutMinutes * 60),
    };
}

function argumentsPatch(controller: string, args: readonly string[]) {
    return {
        target: { kind: "Deployment", name: controller },
        patch: JSON.stringify(
            args.map((value) => ({ op: "add", path: "/spec/template/spec/containers/0/args/-", value })),
        ),
    };
}

/** Where Flux's controllers come in shards, these are the platform's own. */
const notInShards = "!sharding.fluxcd.io/role";

/** Controllers that reconcile what a team may make. */
const tenantControllers = ["source-controller", "kustomize-controller", "helm-controller"];

function shardPatches() {
    const names = tenantControllers.map((controller) => `${controller}-${tenantShard}`);
    return [
        // Flux's own policy lets every pod of its namespace reach everything, and policies add up.
        {
            target: { kind: "NetworkPolicy", name: "allow-egress" },
            patch: JSON.stringify([
                {
                    op: "replace",
                    path: "/spec/podSelector",
                    value: { matchExpressions: [{ key: "app", operator: "NotIn", values: names }] },
                },
            ]),
        },
        // No team makes image policies or artifacts: those that there are for it are the platform's, without the label.
        {
            target: {
                kind: "Deployment",
                name: "(image-reflector-controller|image-automation-controller|source-watcher)",
                annotationSelector: "sharding.fluxcd.io/role=shard",
            },
            patch: JSON.stringify([{ op: "replace", path: "/spec/replicas", value: 0 }]),
        },
    ];
}

// The webhook injects at pod creation only, so label and annotation come with the installation.
// https://fluxcd.io/flux/integrations/azure/#at-the-controller-level
function workloadIdentityPatches([controller, clientId]: [string, pulumi.Input<string>]) {
    return [
        {
            target: { kind: "ServiceAccount", name: controller },
            patch: pulumi.jsonStringify([
                {
                    op: "add",
                    path: "/metadata/annotations",
                    value: { "azure.workload.identity/client-id": clientId },
                },
            ]),
        },
        {
            // Not in shards: nothing of a team's acts in Azure.
            target: { kind: "Deployment", name: controller, annotationSelector: notInShards },
            patch: JSON.stringify([
                {
                    op: "add",
                    path: "/spec/template/metadata/labels/azure.workload.identity~1use",
                    value: "true",
                },
            ]),
        },
    ];
}
