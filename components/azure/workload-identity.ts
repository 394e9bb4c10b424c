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
    /** The issuer of the tokens that are trusted: the cluster's, or GitHub's for a pipeline. */
    readonly issuerUrl: pulumi.Input<string>;
    /**
     * The subjects that may act as the identity, such as `system:serviceaccount:velero:velero`; at most 20, as Azure
     * allows.
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

    constructor(name: string, args: WorkloadIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
        // Given the arguments, the engine would hold everything in here back until the cluster has an issuer.
        super("landfall:azure:WorkloadIdentity", name, {}, opts);
        const identity = new managedidentity.UserAssignedIdentity(
            name,
            { resourceGroupName: args.resourceGroupName, location: args.location, resourceName: args.identityName },
            durable(this, args.protect),
        );
        const credentials = this.createCredentials(name, identity, args);
        const grants = (args.grants ?? []).map((grant) => {
            const principal = { objectId: identity.principalId, type: "ServicePrincipal" } as const;
            return grantRole(`${name}-${roleSlug(grant.role)}`, principal, grant, { parent: this });
        });
        const complete = [...credentials, ...grants].map(({ id }) => id);
        this.clientId = pulumi.all([identity.clientId, pulumi.all(complete)]).apply(([clientId]) => clientId);
        this.principalId = identity.principalId;
        this.registerOutputs({ clientId: this.clientId, principalId: this.principalId });
    }

    // One after the other: Azure answers 409 to two writes at a time on one identity.
    private createCredentials(
        name: string,
        identity: managedidentity.UserAssignedIdentity,
        args: WorkloadIdentityArgs,
    ): managedidentity.FederatedIdentityCredential[] {
        const previous: managedidentity.FederatedIdentityCredential[] = [];
        for (const subject of args.subjects) {
            const credentialName = federatedCredentialName(subject);
            const credential = new managedidentity.FederatedIdentityCredential(
                `${name}-${credentialName}`,
                {
                    resourceGroupName: args.resourceGroupName,
                    resourceName: knownOf(identity, args.identityName),
                    federatedIdentityCredentialResourceName: credentialName,
                    issuer: args.issuerUrl,
                    subject,
                    audiences: ["api://AzureADTokenExchange"],
                },
                { parent: this, dependsOn: previous.slice(-1) },
            );
            previous.push(credential);
        }
        return previous;
    }
}
