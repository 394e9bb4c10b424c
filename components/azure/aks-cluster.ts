import * as authorization from "@pulumi/azure-native/authorization";
import * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";
import { systemPoolName } from "../settings/naming";
import type { Settings } from "../settings/settings";
import type { Deployer } from "./deployer";
import { knownOf } from "./known-of";
import { type KubeLogin, rewriteKubeconfig } from "./kubeconfig";
import { isOfMinor, type LiveCluster, livePool } from "./live-cluster";
import { createMaintenance } from "./maintenance";
import { buildCluster, changedByAks, type ClusterPlacement, type ClusterSettings } from "./managed-cluster";
import { NodePools, userPoolNames } from "./node-pools";
import { NodeUpgrade } from "./node-upgrade";
import { grantRole } from "./role-grant";
import { aksRbacClusterAdmin } from "./roles";

export interface AksClusterArgs
    extends ClusterPlacement, ClusterSettings, Pick<Settings, "userPools" | "maintenanceWindow"> {
    /** Who runs the program, and becomes administrator of the cluster. */
    readonly deployer: Deployer;
    /**
     * How the kubeconfig logs in, from `chooseLogin`; undefined in a preview by somebody else than the deployer, whose
     * kubeconfig is unknown.
     */
    readonly login: KubeLogin | undefined;
    /** The cluster as it is before the update, from `currentCluster`; undefined if there is none. */
    readonly live: LiveCluster | undefined;
}

/**
 * A Kubernetes cluster that people and programs enter with Entra ID only, whose service accounts Azure can trust, and
 * that keeps its patches, node images and node counts up by itself. It holds nothing that Git or the durable group does
 * not: it may be replaced.
 *
 * `kubeconfig` is known once the deployer's role is granted, but Azure takes up to five minutes to let the role work
 * (https://learn.microsoft.com/azure/aks/manage-azure-rbac): the first use of it has to retry what is forbidden.
 */
export class AksCluster extends pulumi.ComponentResource {
    /** ARM id of the cluster. */
    readonly clusterId: pulumi.Output<string>;
    readonly clusterName: pulumi.Output<string>;
    /** Differs between a cluster and one that is later made under the same name. */
    readonly clusterUid: pulumi.Output<string>;
    /** Issuer of the tokens of the cluster's service accounts, with its final slash. */
    readonly issuerUrl: pulumi.Output<string>;
    /** The command that gives a person a kubeconfig of their own. */
    readonly getCredentials: pulumi.Output<string>;
    /** Kubeconfig of the deployer, a secret; it needs `kubelogin` on the PATH. */
    readonly kubeconfig: pulumi.Output<string>;

    constructor(name: string, args: AksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        // Given the arguments, the engine would hold everything in here back until all of them are known.
        super("landfall:azure:AksCluster", name, {}, opts);
        const cluster = new containerservice.ManagedCluster(name, buildCluster(args, args.live), {
            parent: this,
            ignoreChanges: changedByAks(args, args.live),
        });
        this.clusterId = cluster.id;
        this.clusterName = knownOf(cluster, args.clusterName);
        // Asked for by name, and not taken from the outputs, which a preview of a change in place does not know: it
        // would show all that is in the cluster replaced.
        const made = containerservice.getManagedClusterOutput(
            { resourceGroupName: args.resourceGroupName, resourceName: this.clusterName },
            { parent: this },
        );
        this.clusterUid = made.resourceUID;
        this.issuerUrl = made.apply(({ oidcIssuerProfile }) => this.requireIssuer(oidcIssuerProfile?.issuerURL));
        this.getCredentials = pulumi.interpolate`az aks get-credentials --resource-group ${args.resourceGroupName} --name ${this.clusterName}`;
        this.createPoolsAndWindows(name, args);
        this.kubeconfig = this.createKubeconfig(name, args);
        this.registerOutputs({
            clusterId: this.clusterId,
            clusterName: this.clusterName,
            clusterUid: this.clusterUid,
            issuerUrl: this.issuerUrl,
            kubeconfig: this.kubeconfig,
        });
    }

    private requireIssuer(issuerUrl: string | undefined): string {
        if (issuerUrl) {
            return issuerUrl;
        }
        throw new pulumi.ResourceError(
            "Azure made the cluster without an OIDC issuer; run up again to turn it on",
            this,
        );
    }

    private createPoolsAndWindows(name: string, args: AksClusterArgs): void {
        const { resourceGroupName, nodeSubnetId, userPools, maintenanceWindow, live } = args;
        const cluster = { resourceGroupName, clusterName: this.clusterName };
        const pools = new NodePools(name, { ...cluster, nodeSubnetId, userPools, live }, { parent: this });
        createMaintenance(name, cluster, maintenanceWindow, { parent: this });
        new NodeUpgrade(
            `${name}-nodes`,
            {
                clusterId: this.clusterId,
                kubernetesVersion: args.kubernetesVersion,
                behind: pools.made.apply(() => poolsBehind(args)),
                token: async () => (await authorization.getClientToken({}, { parent: this })).token,
            },
            { parent: this },
        );
    }

    private createKubeconfig(name: string, args: AksClusterArgs): pulumi.Output<string> {
        const admin = grantRole(
            `${name}-deployer-cluster-admin`,
            { objectId: args.deployer.objectId, type: args.deployer.principalType },
            // On the group, which is there minutes before the cluster: Azure has spread the role when the API server is
            // first asked, which remembers a refusal for minutes.
            { role: aksRbacClusterAdmin, scope: args.resourceGroupId },
            { parent: this },
        );
        const { login, resourceGroupName } = args;
        if (login === undefined) {
            void pulumi.log.info(notEntered, this);
            return pulumi.secret(admin.id.apply(() => pulumi.unknown as unknown as string));
        }
        const credentials = containerservice.listManagedClusterUserCredentialsOutput(
            { resourceGroupName, resourceName: this.clusterName, format: "exec" },
            { parent: this },
        );
        const kubeconfig = pulumi.all([credentials, admin.id]).apply(([{ kubeconfigs }]) => {
            const encoded = kubeconfigs[0]?.value;
            if (!encoded) {
                throw new pulumi.ResourceError("Azure returned no kubeconfig for the cluster", this);
            }
            return rewriteKubeconfig(Buffer.from(encoded, "base64").toString("utf8"), login);
        });
        return pulumi.secret(kubeconfig);
    }
}

const notEntered =
    "the cluster is not asked, since whoever previews is not its deployer: what this preview says of the objects in it comes " +
    "from the last update, and it does not say whether Flux is Ready";

/** The pools that do not run the settings' minor yet, the system pool first. */
function poolsBehind({ live, kubernetesVersion, userPools }: AksClusterArgs): string[] {
    return [systemPoolName, ...userPoolNames(userPools)].filter((name) => {
        const pool = livePool(live, name);
        return pool !== undefined && !isOfMinor(pool.currentOrchestratorVersion, kubernetesVersion);
    });
}
