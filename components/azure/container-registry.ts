import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import { durable } from "./durable";
import { knownOf } from "./known-of";
import { grantRole } from "./role-grant";
import { acrPull, acrPush } from "./roles";
import { WorkloadIdentity } from "./workload-identity";

/** Issuer of the tokens of GitHub Actions. */
const githubIssuer = "https://token.actions.githubusercontent.com";

export interface ContainerRegistryArgs {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly location: pulumi.Input<string>;
    readonly registryName: pulumi.Input<string>;
    readonly sku: "Basic" | "Standard" | "Premium";
    /** Whether images are replicated over the region's zones; only Premium can. */
    readonly zoneRedundant: boolean;
    /** Object id of the kubelet's identity, which pulls. */
    readonly kubeletPrincipalId: pulumi.Input<string>;
    /** The pipeline that pushes. @default - none */
    readonly ci?: RegistryPipeline | undefined;
    /** Whether the registry, and the pipeline's identity, are protected and retained. */
    readonly protect: boolean;
}

/** A GitHub Actions pipeline that pushes images, trusted by the tokens of its jobs instead of a password. */
export interface RegistryPipeline {
    readonly identityName: pulumi.Input<string>;
    /** `owner/repository`, or `owner@id/repository@id` where GitHub's tokens carry immutable subjects. */
    readonly repository: string;
    /** The GitHub environment that its jobs have to run in; protection rules of it guard the push. */
    readonly environment: string;
}

/**
 * A container registry for images and charts, with no password: nodes pull with their own identity, the pipeline pushes
 * with one that trusts its tokens. Public on the network, since hosted pipelines push to it; anonymous pull is off.
 */
export class ContainerRegistry extends pulumi.ComponentResource {
    /** ARM id of the registry. */
    readonly registryId: pulumi.Output<string>;
    /** Host name that images are named by, such as `example.azurecr.io`. */
    readonly loginServer: pulumi.Output<string>;
    /** Client id that the pipeline logs in with; undefined without one. */
    readonly ciClientId: pulumi.Output<string> | undefined;

    constructor(name: string, args: ContainerRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:ContainerRegistry", name, {}, opts);
        const registry = this.createRegistry(name, args);
        grantRole(
            `${name}-kubelet-acr-pull`,
            { objectId: args.kubeletPrincipalId, type: "ServicePrincipal" },
            { role: acrPull, scope: registry.id },
            { parent: this },
        );
        this.registryId = registry.id;
        this.loginServer = knownOf(registry, pulumi.interpolate`${args.registryName}.azurecr.io`);
        this.ciClientId = args.ci && this.createPipeline(`${name}-ci`, args, args.ci, registry).clientId;
        this.registerOutputs({
            registryId: this.registryId,
            loginServer: this.loginServer,
            ciClientId: this.ciClientId,
        });
    }

    private createRegistry(name: string, args: ContainerRegistryArgs): containerregistry.Registry {
        return new containerregistry.Registry(
            name,
            {
                resourceGroupName: args.resourceGroupName,
                location: args.location,
                registryName: args.registryName,
                sku: { name: args.sku },
                adminUserEnabled: false,
                anonymousPullEnabled: false,
                publicNetworkAccess: "Enabled",
                zoneRedundancy: args.zoneRedundant ? "Enabled" : "Disabled",
                // Kubelet and Flux present tokens for ARM, which the registry refuses without this.
                policies: { azureADAuthenticationAsArmPolicy: { status: "enabled" } },
            },
            durable(this, args.protect),
        );
    }

    private createPipeline(
        name: string,
        args: ContainerRegistryArgs,
        ci: RegistryPipeline,
        registry: containerregistry.Registry,
    ): WorkloadIdentity {
        return new WorkloadIdentity(
            name,
            {
                resourceGroupName: args.resourceGroupName,
                location: args.location,
                identityName: ci.identityName,
                issuerUrl: githubIssuer,
                subjects: [`repo:${ci.repository}:environment:${ci.environment}`],
                grants: [{ role: acrPush, scope: registry.id }],
                protect: args.protect,
            },
            { parent: this },
        );
    }
}
