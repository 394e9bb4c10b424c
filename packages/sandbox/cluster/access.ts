/**
 * The API server's authentication and authorization, in its own configuration kinds: tokens of the tenant, and a
 * webhook that is asked when RBAC has no opinion, as AKS does with "Azure RBAC for Kubernetes authorization".
 */
import { join } from "node:path";
import { stringify } from "yaml";
import type { Authority } from "../network/authority";
import { kubeconfig, writePrivate } from "./credentials";

/** A SubjectAccessReview, flattened. A field is absent when the request has none. */
export interface AccessReview {
    readonly user: string;
    readonly groups: readonly string[];
    readonly verb: string;
    readonly namespace?: string;
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly name?: string;
    /** Of a request that is not for a resource, such as /healthz. */
    readonly path?: string;
}

export interface EntraTrust {
    /** Issuer URL; its discovery document is fetched through the cluster's proxy. */
    readonly issuer: string;
    readonly audience: string;
}

export interface AccessOptions {
    readonly directory: string;
    readonly authority: Authority;
    readonly entra?: EntraTrust;
    readonly webhook: { readonly url: string; readonly token: string };
}

/** Writes the configuration files and returns the API server's flags for them. */
export function accessFlags(options: AccessOptions): string[] {
    const authorization = join(options.directory, "authorization.yaml");
    const webhookConfig = join(options.directory, "authorization-webhook.kubeconfig");
    const { url, token } = options.webhook;
    const caPem = options.authority.certificatePem;
    writePrivate(webhookConfig, kubeconfig("azure-rbac", { server: url, caPem, user: { token } }));
    writePrivate(authorization, stringify(authorizationConfiguration(webhookConfig)));
    const flags = [`--authorization-config=${authorization}`];
    if (options.entra) {
        const authentication = join(options.directory, "authentication.yaml");
        writePrivate(authentication, stringify(authenticationConfiguration(options.entra, caPem)));
        flags.push(`--authentication-config=${authentication}`);
    }
    return flags;
}

function authorizationConfiguration(kubeConfigFile: string): object {
    const webhook = {
        // Short, so that a role assignment takes effect, or stops to, in the next few requests.
        authorizedTTL: "2s",
        unauthorizedTTL: "1s",
        timeout: "5s",
        subjectAccessReviewVersion: "v1",
        matchConditionSubjectAccessReviewVersion: "v1",
        failurePolicy: "NoOpinion",
        connectionInfo: { type: "KubeConfigFile", kubeConfigFile },
        // Azure knows identities of the tenant only: service accounts and system users are RBAC's alone.
        matchConditions: [{ expression: "!request.user.startsWith('system:')" }],
    };
    return {
        apiVersion: "apiserver.config.k8s.io/v1",
        kind: "AuthorizationConfiguration",
        authorizers: [
            { type: "RBAC", name: "rbac" },
            { type: "Webhook", name: "azure-rbac", webhook },
        ],
    };
}

/**
 * As on AKS, users and groups are bare object ids: that is what a RoleBinding for a service principal or group names.
 */
function authenticationConfiguration({ issuer, audience }: EntraTrust, certificateAuthority: string): object {
    return {
        apiVersion: "apiserver.config.k8s.io/v1",
        kind: "AuthenticationConfiguration",
        jwt: [
            {
                issuer: { url: issuer, audiences: [audience], certificateAuthority },
                claimMappings: {
                    username: { claim: "oid", prefix: "" },
                    groups: { claim: "groups", prefix: "" },
                },
                userValidationRules: [
                    {
                        expression:
                            "!user.username.startsWith('system:') && !user.groups.exists(g, g.startsWith('system:'))",
                        message: "names that begin with system: are not the tenant's to give",
                    },
                ],
            },
        ],
    };
}
