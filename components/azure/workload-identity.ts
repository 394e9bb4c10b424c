import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import { federatedCredentialName } from "../settings/naming";
import { durable } from "./durable";
import { knownOf } from "./known-of";
import { type Grant, grantRole, roleSlug } from "./role-grant";

export interface WorkloadIdentityArgs {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly location: pulumi.Input<string>;
    readonly identityName: pulumi.Input<string>;
    /**
     * The issuer of the tokens that are trusted: the first cluster's, or GitHub's for a pipeline. `trust` adds others.
     *
     * @default - none yet
     */
    readonly issuerUrl?: pulumi.Input<string> | undefined;
    /**
     * The subjects that may act as the identity, such as `system:serviceaccount:velero:velero`; Azure allows 20, those
     * of every issuer together.
     */
    readonly subjects: readonly string[];
    /** Roles granted, each once and at the narrowest scope that works. @default - none */
    readonly grants?: readonly Grant[];
    /**
     * Whether the identity is protected and retained; its credentials and grants are not, since a rebuild replaces
     * them.
     */
    readonly protect: boolean;
}

/**
 * A workload that acts in Azure without a stored credential: an identity, the tokens that it trusts, and what it may
 * do. A credential takes some seconds, and a grant some minutes, until Entra ID has spread it; a workload that starts
 * at once is refused at first and has to retry, as Flux, Velero and external-dns do.
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
export class WorkloadIdentity extends pulumi.ComponentResource {
    /** What the workload names itself by when it asks for a token; known once its credentials and roles are there. */
    readonly clientId: pulumi.Output<string>;
    /** The object id, which roles are granted to. */
    readonly principalId: pulumi.Output<string>;
    private readonly identity: managedidentity.UserAssignedIdentity;
    /** Its roles. */
    readonly grants: readonly pulumi.CustomResource[];
    private readonly credentials: managedidentity.FederatedIdentityCredential[] = [];

    constructor(
        private readonly name: string,
        private readonly args: WorkloadIdentityArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        // Given the arguments, the engine would hold everything in here back until the cluster has an issuer.
        super("landfall:azure:WorkloadIdentity", name, {}, opts);
        this.identity = new managedidentity.UserAssignedIdentity(
            name,
            { resourceGroupName: args.resourceGroupName, location: args.location, resourceName: args.identityName },
            durable(this, args.protect),
        );
        const credentials = args.issuerUrl ? this.createCredentials(args.issuerUrl, (name) => name) : [];
        this.grants = (args.grants ?? []).map((grant) => {
            const principal = { objectId: this.identity.principalId, type: "ServicePrincipal" } as const;
            return grantRole(`${name}-${roleSlug(grant.role)}`, principal, grant, { parent: this });
        });
        this.clientId = this.clientIdAfter(credentials);
        this.principalId = this.identity.principalId;
        this.registerOutputs({ clientId: this.clientId, principalId: this.principalId });
    }

    /** Trusts the same subjects of another cluster. Gives the client id, known once it does and the roles are there. */
    trust(cluster: string, issuerUrl: pulumi.Input<string>): pulumi.Output<string> {
        return this.clientIdAfter(this.createCredentials(issuerUrl, (name) => `${name}-${cluster}`));
    }

    private clientIdAfter(credentials: readonly pulumi.CustomResource[]): pulumi.Output<string> {
        const complete = [...credentials, ...this.grants].map(({ id }) => id);
        return pulumi.all([this.identity.clientId, pulumi.all(complete)]).apply(([clientId]) => clientId);
    }

    // One after the other: Azure answers 409 to two writes at a time on one identity.
    private createCredentials(
        issuer: pulumi.Input<string>,
        named: (name: string) => string,
    ): managedidentity.FederatedIdentityCredential[] {
        const { args, credentials } = this;
        return args.subjects.map((subject) => {
            const credentialName = named(federatedCredentialName(subject));
            const credential = new managedidentity.FederatedIdentityCredential(
                `${this.name}-${credentialName}`,
                {
                    resourceGroupName: args.resourceGroupName,
                    resourceName: knownOf(this.identity, args.identityName),
                    federatedIdentityCredentialResourceName: credentialName,
                    issuer,
                    subject,
                    audiences: ["api://AzureADTokenExchange"],
                },
                { parent: this, dependsOn: credentials.slice(-1) },
            );
            credentials.push(credential);
            return credential;
        });
    }
}
