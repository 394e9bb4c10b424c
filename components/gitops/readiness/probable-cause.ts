import { decryptionCause } from "./decryption-cause";

/** What most often stands behind a message of Flux's controllers, and what to do about it. First match wins. */
const causes: readonly (readonly [RegExp, string])[] = [
    [
        /AADSTS7002[0-9]+|no matching federated identity/i,
        "no federated credential matches the service account's token: compare issuer, subject and audience of the identity's federated credentials with the cluster",
    ],
    [
        /ForbiddenByRbac|caller is not authorized|AuthorizationFailed/i,
        "the identity lacks a role in Azure (Key Vault Crypto User on the SOPS key, or AcrPull on the registry); after an assignment it takes up to five minutes",
    ],
    [
        /azurecr\.io\/oauth2\//i,
        "the registry gives the controller's identity no token: it needs AcrPull on the registry; after an assignment it takes up to five minutes",
    ],
    [
        /error decrypting|failed to decrypt|cannot get sops data key|failed to get the data key/i,
        "the cluster has no key for this file: it is encrypted to another PGP key than landfall:sopsPgpPrivateKey, or to a Key Vault key that the controller may not use",
    ],
    [/is SOPS encrypted, configuring decryption/i, "the Kustomization that applies this Secret has no spec.decryption"],
    [
        /knownhosts|host key/i,
        "GitHub's SSH host key is not the one in Secret flux-system/flux-system; run up again to refresh known_hosts",
    ],
    [
        /ssh: unable to authenticate|repository not found|key you are authenticating/i,
        "GitHub does not accept the deploy key: it was removed from the repository, or belongs to another one; run up with --replace on the deploy key",
    ],
    [
        // The second is what Git is told with a token from before.
        /\/app\/installations\/\d+\/access_tokens|authentication required: invalid username or token/i,
        "GitHub gives Flux's App (landfall:fluxAppId) no token: its installation was removed or suspended, or its key is another one; a preview says which",
    ],
    [/couldn't find remote ref/i, "the branch is not in the fleet repository; run up again to make it"],
    [
        /variable not set|variable substitution failed/i,
        "a ${variable} of the manifest is not in ConfigMap flux-system/cluster-vars; add it to ClusterVars, or write $${variable} if Flux is to leave it alone",
    ],
    [
        /failed calling webhook/i,
        "an admission webhook does not answer: what serves it is not ready yet, or gone while its configuration stayed",
    ],
    [
        /namespace not specified/i,
        "the object has no namespace: write one into it, or targetNamespace into its Kustomization",
    ],
    [/namespaces? ".*" not found/i, "the namespace has to come with an earlier layer"],
    [
        /no matches for kind|resource mapping not found|could not find the requested resource/i,
        "a custom resource is applied before its CRD: the CRD has to come with an earlier layer",
    ],
    [
        /cannot (create|patch|update|delete|get|list|watch) resource/i,
        "the service account that applies this lacks the rights in the cluster",
    ],
    [
        /is forbidden|denied the request/i,
        "the cluster's admission refuses it: a quota, Pod Security, a policy, or a service account that is not there",
    ],
    [
        /field is immutable/i,
        "Kubernetes does not change this field: delete the object, or annotate it kustomize.toolkit.fluxcd.io/force: enabled to have Flux make it again",
    ],
    [
        /(manifest|name)[_ ]unknown|no '.*' chart with version|could not locate a version|unable to locate any tags/i,
        "the chart, or this version of it, does not exist at its registry",
    ],
    [/values don't meet the specifications/i, "the chart refuses these values"],
    [
        /x509: /i,
        "the cluster does not trust this host's certificate: something between the two may open TLS connections",
    ],
    [
        /no such host|connection (refused|reset|timed out)|i\/o timeout|502 Bad Gateway|proxyconnect|TLS handshake timeout|(Get|Head|Post) "?http.*context deadline exceeded/i,
        "the network: the cluster cannot reach this host (DNS, egress rules, or the other side is down)",
    ],
    [
        /DENIED: |UNAUTHORIZED: |401 Unauthorized|failed to authorize/i,
        "the registry refuses the controller: the repository is private, or does not exist",
    ],
    [
        /kustomize build failed|kustomization\.yaml|kustomization path not found|no such file or directory/i,
        "kustomize cannot build this path",
    ],
    [
        /timeout waiting for|failed early due to stalled|context deadline exceeded|InProgress/i,
        "what this applies does not become healthy in time; look at its pods and events",
    ],
];

/** A sentence on what is probably wrong, or undefined if the message is not a known one. */
export function probableCause(message: string): string | undefined {
    return decryptionCause(message) ?? causes.find(([pattern]) => pattern.test(message))?.[1];
}
