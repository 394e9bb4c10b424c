import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import { durable } from "./durable";
import { knownOf } from "./known-of";
import { belowRepository, type RegistryMode, registryRoles } from "./registry-permissions";
import { type Grant, grantRole, roleSlug } from "./role-grant";
import { WorkloadIdentity } from "./workload-identity";

/** Issuer of the tokens of GitHub Actions. */
const githubIssuer = "https://token.actions.githubusercontent.com";

/** Whose tokens a pipeline has that runs in a GitHub environment of a repository. */
export function jobsOf(repository: string, environment: string): { issuer: string; subject: string } {
    return { issuer: githubIssuer, subject: `repo:${repository}:environment:${environment}` };
}

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
    /** Pipelines that push below a team's name alone. @default - none */
    readonly teams?: readonly TeamPipeline[];
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

/** A team's pipeline, trusted by the tokens of its jobs, which pushes to the repositories below the team's name. */
export interface TeamPipeline {
    readonly team: string;
    readonly identityName: pulumi.Input<string>;
    /** Who signs the tokens of its jobs. */
    readonly issuer: string;
    readonly subject: string;
}

/**
 * A container registry for images and charts, with no password: nodes pull with their own identity, the pipeline pushes
 * with one that trusts its tokens. Public on the network, since hosted pipelines push to it; anonymous pull is off.
 */
export class ContainerRegistry extends pulumi.ComponentResource {
    /** A role on the registry is one for all of it; for teams it goes by another mode. */
    readonly mode: RegistryMode;
    /** ARM id of the registry. */
    readonly registryId: pulumi.Output<string>;
    /** Host name that images are named by, such as `example.azurecr.io`. */
    readonly loginServer: pulumi.Output<string>;
    /** Client id that the pipeline logs in with; undefined without one. */
    readonly ciClientId: pulumi.Output<string> | undefined;
    /** Client ids that the teams' pipelines log in with, by team. */
    readonly teamClientIds: Readonly<Record<string, pulumi.Output<string>>>;

    constructor(name: string, args: ContainerRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:ContainerRegistry", name, {}, opts);
        const registry = this.createRegistry(name, args);
        const { teams = [] } = args;
        this.mode = teams.length > 0 ? "AbacRepositoryPermissions" : "LegacyRegistryPermissions";
        const { pull, push } = registryRoles[this.mode];
        grantRole(
            `${name}-kubelet-${roleSlug(pull)}`,
            { objectId: args.kubeletPrincipalId, type: "ServicePrincipal" },
            { role: pull, scope: registry.id },
            { parent: this },
        );
        this.registryId = registry.id;
        this.loginServer = knownOf(registry, pulumi.interpolate`${args.registryName}.azurecr.io`);
        const grant = { role: push, scope: registry.id };
        this.ciClientId = args.ci && this.createPipeline(`${name}-ci`, args, trusted(args.ci), grant).clientId;
        this.teamClientIds = Object.fromEntries(
            teams.map((pipeline) => {
                const own = { ...grant, condition: belowRepository(pipeline.team) };
                return [pipeline.team, this.createPipeline(`${name}-${pipeline.team}`, args, pipeline, own).clientId];
            }),
        );
        this.registerOutputs({
            registryId: this.registryId,
            loginServer: this.loginServer,
            ciClientId: this.ciClientId,
            teamClientIds: this.teamClientIds,
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
        pipeline: Pick<TeamPipeline, "identityName" | "issuer" | "subject">,
        grant: Grant,
    ): WorkloadIdentity {
        return new WorkloadIdentity(
            name,
            {
                resourceGroupName: args.resourceGroupName,
                location: args.location,
                identityName: pipeline.identityName,
                issuerUrl: pipeline.issuer,
                subjects: [pipeline.subject],
                grants: [grant],
                protect: args.protect,
            },
            { parent: this },
        );
    }
}

function trusted({ identityName, repository, environment }: RegistryPipeline) {
    return { identityName, ...jobsOf(repository, environment) };
}
