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
        /error decrypting|failed to decrypt|cannot get sops data key|failed to get the data key/i,
        "the cluster has no key for this file: it is encrypted to another PGP key than landfall:sopsPgpPrivateKey, or to a Key Vault key that the controller may not use",
    ],
    [
        /knownhosts|host key/i,
        "GitHub's SSH host key is not the one in Secret flux-system/flux-system; run up again to refresh known_hosts",
    ],
    [
        /unable to authenticate|handshake failed|Repository not found|key you are authenticating/i,
        "GitHub does not accept the deploy key: it was removed from the repository, or belongs to another one; run up with --replace on the deploy key",
    ],
    [
        /variable not set|strict mode|substitut/i,
        "a ${variable} of the manifest is not in ConfigMap flux-system/cluster-vars",
    ],
    [
        /no matches for kind|resource mapping not found|could not find the requested resource/i,
        "a custom resource is applied before its CRD: the CRD has to come with an earlier layer",
    ],
    [
        /is forbidden|cannot (create|patch|get|list) resource/i,
        "the service account that applies this lacks the rights in the cluster",
    ],
    [
        /manifest unknown|chart .*not found|no chart version|failed to get .*(tag|digest)|not found in .*index/i,
        "the chart version does not exist at its registry",
    ],
    [/values don't meet the specifications|additional properties|at '.*':/i, "the chart refuses these values"],
    [
        /no such host|connection refused|i\/o timeout|502 Bad Gateway|proxyconnect|TLS handshake timeout/i,
        "the network: the cluster cannot reach this host (DNS, egress rules, or the other side is down)",
    ],
    [/kustomization\.yaml|accumulating resources|no such file or directory/i, "kustomize cannot build this path"],
    [
        /timeout waiting for|context deadline exceeded|InProgress/i,
        "what this applies does not become healthy in time; look at its pods and events",
    ],
];

/** A sentence on what is probably wrong, or undefined if the message is not a known one. */
export function probableCause(message: string): string | undefined {
    return causes.find(([pattern]) => pattern.test(message))?.[1];
}
