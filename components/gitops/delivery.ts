import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { bringBack, keepClaims, type RestoredVolumes } from "../recovery/restored-volumes";
import { VolumeCluster } from "../recovery/volume-cluster";
import { nameFor } from "../settings/naming";
import { FleetRepository, type FleetRepositoryArgs } from "./fleet/fleet-repository";
import type { ClusterVars } from "./flux/cluster-vars";
import { Flux, type FluxArgs } from "./flux/flux";
import { waitForAccess } from "./readiness/cluster-access";
import { ClusterClient } from "./readiness/cluster-client";
import { FluxReadiness } from "./readiness/flux-readiness";

export interface DeliveryArgs {
    readonly fleet: FleetRepositoryArgs;
    readonly flux: Omit<FluxArgs, "git" | "clusterVars" | "controllerClientIds">;
    /** The clusters that Flux is installed in, by name. */
    readonly clusters: Readonly<Record<string, DeliveredCluster>>;
    /** Fingerprints of the PGP keys in `flux.sopsPgpPrivateKey`. */
    readonly sopsFingerprints: readonly string[];
}

/** How to reach a cluster. */
interface ClusterAccess {
    /** What tells the cluster from one that is made later under the same name. */
    readonly clusterUid: pulumi.Input<string>;
    /** Kubeconfig of the deployer. Secret. */
    readonly kubeconfig: pulumi.Output<string>;
    /** Whether the kubeconfig becomes known; not in a preview by somebody else than the deployer. */
    readonly isEntered: boolean;
    /** What Velero brings back, before workloads would make it empty. @default - nothing */
    readonly volumes?: RestoredVolumes | undefined;
}

/** A cluster that Flux is installed in. */
export interface DeliveredCluster extends ClusterAccess, Pick<FluxArgs, "controllerClientIds"> {
    /** What the tree is told; the repository's own address is added. */
    readonly clusterVars: Omit<ClusterVars<pulumi.Input<string>>, "fleet_url">;
}

/**
 * The path from Git into the clusters: the repository with the tree, and in each cluster Flux that follows it, and the
 * wait until everything in the tree is Ready. From here on a cluster is Flux's.
 */
export class Delivery extends pulumi.ComponentResource {
    readonly repository: FleetRepository;
    /**
     * How many objects Flux reports Ready, and at which commit; or what is not ready, and then the update fails. By
     * cluster.
     */
    readonly fluxStatus: Readonly<Record<string, pulumi.Output<string>>>;

    constructor(name: string, args: DeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:gitops:Delivery", name, {}, opts);
        this.repository = new FleetRepository(`${name}-fleet`, args.fleet, { parent: this });
        const delivered = Object.entries(args.clusters).map(([cluster, parts]) => {
            const readiness = this.deliverTo(nameFor(cluster, name), args, parts);
            return [cluster, readiness.status] as const;
        });
        this.fluxStatus = Object.fromEntries(delivered);
        this.registerOutputs({ fluxStatus: this.fluxStatus });
    }

    private deliverTo(name: string, args: DeliveryArgs, cluster: DeliveredCluster): FluxReadiness {
        const { controllerClientIds, clusterVars: given, volumes, ...access } = cluster;
        const clusterVars = { ...given, fleet_url: this.repository.htmlUrl };
        const provider = this.createProvider(name, cluster);
        const flux = new Flux(
            `${name}-flux`,
            { ...args.flux, controllerClientIds, git: this.repository.access, clusterVars },
            // With its cluster gone there is nothing to delete, and nobody to ask. The provider is named and not the
            // cluster: when a cluster is replaced, the engine counts its dependents among the deletions, but not
            // itself.
            { parent: this, provider, deletedWith: provider },
        );
        const readiness = new FluxReadiness(
            `${name}-flux`,
            {
                ...access,
                repository: args.fleet.repository,
                branch: args.fleet.branch,
                commit: this.repository.commit,
                variables: clusterVars,
                keys: [this.repository.access.publicKey, ...args.sopsFingerprints],
                timeoutMinutes: args.flux.readyTimeoutMinutes,
            },
            { parent: this, dependsOn: [flux.root] },
        );
        if (volumes && !pulumi.runtime.isDryRun()) {
            restore(volumes, pulumi.all([access.kubeconfig, flux.root.id]), readiness);
        }
        return readiness;
    }

    private createProvider(name: string, cluster: ClusterAccess): kubernetes.Provider {
        return new kubernetes.Provider(
            name,
            {
                kubeconfig: cluster.kubeconfig.apply((kubeconfig) => whenAllowed(kubeconfig, cluster.volumes)),
                // Another cluster under the same name is another cluster; another login to the same one is not.
                clusterIdentifier: cluster.clusterUid,
                enableServerSideApply: true,
                // These objects are the program's; a change that somebody made by hand is overwritten.
                enablePatchForce: true,
                // Changed in place: a key or a variable that is deleted first would be missing for a moment.
                enableConfigMapMutable: true,
                enableSecretMutable: true,
                // What an update that was killed had made is not in the state, and is there.
                upsertExistingObjects: true,
            },
            // The one in the state then tells the provider all that it needs for comparing.
            { parent: this, ignoreChanges: cluster.isEntered ? [] : ["kubeconfig"] },
        );
    }
}

/** When objects may be made: by the deployer, and with the volumes that come back kept for Velero. */
async function whenAllowed(kubeconfig: string, volumes: RestoredVolumes | undefined): Promise<string> {
    if (!pulumi.runtime.isDryRun()) {
        await waitForAccess(new ClusterClient(kubeconfig));
        if (volumes) {
            await keepClaims(new VolumeCluster(kubeconfig), volumes);
        }
    }
    return kubeconfig;
}

/** Once Flux is there; beside the wait for it, which waits for workloads, which wait for their volumes. */
function restore(
    volumes: RestoredVolumes,
    withFlux: pulumi.Output<[kubeconfig: string, root: string]>,
    { ready }: FluxReadiness,
): void {
    let isOver = false;
    ready.apply((isReady) => (isOver = !isReady));
    withFlux.apply(([kubeconfig]) =>
        bringBack(new VolumeCluster(kubeconfig), volumes, {
            say: (line) => void pulumi.log.info(line),
            isOver: () => isOver,
        }),
    );
}
