import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AksCluster } from "../azure/aks-cluster";
import type { BlobContainer } from "../azure/backup-storage";
import type { Foundation } from "../azure/foundation";
import type { WorkloadName } from "../azure/workload-identities";
import type { Preflight } from "../preflight/preflight";
import { UserError } from "../user-error";
import type { Settings } from "../settings/settings";
import { ClusterClient } from "./readiness/cluster-client";
import { isSuccessor } from "./fleet/fleet-branch";
import { FleetRepository } from "./fleet/fleet-repository";
import { Flux } from "./flux/flux";
import { waitForAccess, waitForFlux } from "./readiness/flux-readiness";

/** What the tree has to know of the foundation. */
export interface DeliveredFoundation {
    readonly groups: Pick<Foundation["groups"], "durableName">;
    readonly vault: Pick<Foundation["vault"], "vaultUri">;
    readonly registry: Pick<Foundation["registry"], "loginServer">;
    readonly backups: Pick<Foundation["backups"], "accountName">;
}

/**
 * What a program exits with that has shown its error itself (`cmd/run/index.js` of the SDK). An error that is logged does
 * not fail an update: the engine goes by the exit code.
 */
const errorAlreadyShown = 32;

export interface DeliveryArgs {
    readonly settings: Settings;
    readonly preflight: Preflight;
    readonly foundation: DeliveredFoundation;
    readonly cluster: Pick<AksCluster, "clusterName" | "clusterUid" | "kubeconfig">;
    readonly clientIds: Readonly<Record<WorkloadName, pulumi.Output<string>>>;
}

/**
 * The path from Git into the cluster: the repository with the tree, Flux that follows it, and the wait until everything
 * in the tree is Ready. From here on the cluster is Flux's.
 */
export class Delivery extends pulumi.ComponentResource {
    readonly repository: FleetRepository;
    /** How many objects Flux reports Ready, and at which commit; or what is not ready, and then the update fails. */
    readonly fluxStatus: pulumi.Output<string>;

    constructor(name: string, args: DeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:gitops:Delivery", name, {}, opts);
        const { settings, preflight, cluster } = args;
        this.repository = new FleetRepository(
            `${name}-fleet`,
            {
                repository: { owner: settings.githubOwner, name: settings.fleetRepository },
                branch: settings.fleetBranch,
                stack: settings.stack,
                commitMode: settings.commitMode,
                imageAutomation: settings.imageAutomation,
                files: preflight.files,
                plan: preflight.fleet,
                protect: settings.protectDurable,
            },
            { parent: this },
        );
        const provider = new kubernetes.Provider(
            name,
            {
                kubeconfig: cluster.kubeconfig.apply(whenAllowed),
                // Another cluster under the same name is another cluster; another login to the same one is not.
                clusterIdentifier: cluster.clusterUid,
                enableServerSideApply: true,
                // These objects are the program's; what somebody patched into them by hand is put back, not argued about.
                enablePatchForce: true,
                // Changed in place: a key or a variable that is deleted first would be missing for a moment.
                enableConfigMapMutable: true,
                enableSecretMutable: true,
                deleteUnreachable: true,
            },
            { parent: this },
        );
        const flux = this.createFlux(name, args, provider);
        // Made from a secret, the kubeconfig, but says nothing of it.
        this.fluxStatus = pulumi.unsecret(
            pulumi
                .all([flux.root.id, cluster.kubeconfig, this.repository.commit])
                .apply(([, kubeconfig, commit]) => this.waitForLayers(kubeconfig, commit, settings)),
        );
        this.registerOutputs({ fluxStatus: this.fluxStatus });
    }

    private createFlux(name: string, args: DeliveryArgs, provider: kubernetes.Provider): Flux {
        const { settings, clientIds } = args;
        return new Flux(
            `${name}-flux`,
            {
                environment: settings.environment,
                version: settings.fluxVersion,
                git: this.repository.access,
                sopsPgpPrivateKey: settings.sopsPgpPrivateKey,
                clusterVars: this.clusterVars(args),
                controllerClientIds: {
                    "kustomize-controller": clientIds["kustomize-controller"],
                    "source-controller": clientIds["source-controller"],
                    "image-reflector-controller": clientIds["image-reflector-controller"],
                },
                readyTimeoutMinutes: settings.readyTimeoutMinutes,
            },
            // With its cluster gone there is nothing to delete, and nobody to ask. The provider and not the cluster is named,
            // since of a cluster that is replaced the engine counts what depends on it among the deletions, and not itself.
            { parent: this, provider, deletedWith: provider },
        );
    }

    private clusterVars({ settings, preflight, foundation, cluster, clientIds }: DeliveryArgs) {
        const { groups, vault, registry, backups } = foundation;
        return {
            cluster_name: cluster.clusterName,
            environment: settings.environment,
            domain: settings.domain ?? `${settings.environment}.internal`,
            tenant_id: preflight.deployer.tenantId,
            subscription_id: preflight.deployer.subscriptionId,
            resource_group: groups.durableName,
            key_vault_url: vault.vaultUri,
            registry: registry.loginServer,
            storage_account: backups.accountName,
            // A container is named after who writes there.
            backup_container: "velero" satisfies BlobContainer,
            database_container: "postgresql" satisfies BlobContainer,
            log_container: "loki" satisfies BlobContainer,
            service_mesh: settings.serviceMesh,
            fleet_url: this.repository.htmlUrl,
            fleet_branch: settings.fleetBranch,
            image_automation_suspended: String(!settings.imageAutomation),
            cert_manager_client_id: clientIds["cert-manager"],
            external_dns_client_id: clientIds["external-dns"],
            external_secrets_client_id: clientIds["external-secrets"],
            loki_client_id: clientIds.loki,
            postgresql_client_id: clientIds.postgresql,
            velero_client_id: clientIds.velero,
        };
    }

    /**
     * Fails the update at the program's end, so that the stack's outputs say what is wrong too. The engine deletes nothing
     * then: what the update replaced, such as a deploy key, stays until one succeeds.
     */
    private async waitForLayers(kubeconfig: string, commit: string, settings: Settings): Promise<string> {
        if (pulumi.runtime.isDryRun()) {
            return pulumi.unknown as unknown as string;
        }
        const repository = { owner: settings.githubOwner, name: settings.fleetRepository };
        try {
            const ready = await waitForFlux({
                cluster: new ClusterClient(kubeconfig),
                commit,
                isSuccessor: (other) => isSuccessor(repository, settings.fleetBranch, commit, other),
                timeoutMinutes: settings.readyTimeoutMinutes,
                progress: (line) => void pulumi.log.info(line, this, undefined, true),
            });
            return `${ready.objects.length} objects Ready at ${ready.commit}`;
        } catch (error) {
            if (!(error instanceof UserError)) {
                throw error;
            }
            await pulumi.log.error(error.message, this);
            process.exitCode = errorAlreadyShown;
            return `not ready: ${error.message}`;
        }
    }
}

async function whenAllowed(kubeconfig: string): Promise<string> {
    if (!pulumi.runtime.isDryRun()) {
        await waitForAccess(new ClusterClient(kubeconfig));
    }
    return kubeconfig;
}
