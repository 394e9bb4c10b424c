import * as pulumi from "@pulumi/pulumi";
import { AksCluster } from "./azure/aks-cluster";
import { Foundation } from "./azure/foundation";
import { chooseLogin } from "./azure/kubeconfig";
import { WorkloadIdentities } from "./azure/workload-identities";
import { Delivery } from "./gitops/delivery";
import type { Preflight } from "./preflight/preflight";
import type { Settings } from "./settings/settings";

export interface PlatformArgs {
    readonly settings: Settings;
    readonly preflight: Preflight;
}

/**
 * An empty subscription to a cluster that reconciles itself from Git: what outlives a cluster, the cluster, the identities
 * of what runs in it, and the path from Git into it.
 */
export class Platform extends pulumi.ComponentResource {
    readonly foundation: Foundation;
    readonly cluster: AksCluster;
    readonly delivery: Delivery;

    constructor(name: string, { settings, preflight }: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:Platform", name, {}, opts);
        const { names, deployer } = preflight;
        const here = { parent: this };
        this.foundation = new Foundation(name, { settings, preflight }, here);
        const { groups, network, identities } = this.foundation;
        this.cluster = new AksCluster(
            `${name}-cluster`,
            {
                settings,
                deployer,
                login: chooseLogin(process.env),
                resourceGroupName: groups.clusterName,
                location: settings.location,
                clusterName: names.cluster,
                dnsPrefix: names.dnsPrefix,
                nodeResourceGroupName: names.nodeGroup,
                tenantId: deployer.tenantId,
                nodeSubnetId: network.nodeSubnetId,
                controlPlaneId: identities.controlPlaneId,
                kubeletId: identities.kubeletId,
                kubeletClientId: identities.kubeletClientId,
                kubeletPrincipalId: identities.kubeletPrincipalId,
            },
            here,
        );
        const { clientIds } = new WorkloadIdentities(
            name,
            {
                foundation: this.foundation,
                location: settings.location,
                names,
                issuerUrl: this.cluster.issuerUrl,
                protect: settings.protectDurable,
            },
            here,
        );
        this.delivery = new Delivery(
            name,
            { settings, preflight, foundation: this.foundation, cluster: this.cluster, clientIds },
            here,
        );
        this.registerOutputs();
    }
}
