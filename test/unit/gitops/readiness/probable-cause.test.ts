import * as assert from "node:assert/strict";
import { probableCause } from "../../../../components/gitops/readiness/probable-cause";

const sops = (group: string) =>
    `decryption failed for 'podinfo-credentials': cannot get sops data key: Failed to get the data key required to decrypt the SOPS file.\n\nGroup 0: FAILED\n${group}`;
const clone = "failed to checkout and determine revision: unable to clone 'ssh://git@github.com/acme/fleet.git': ";
const install = "Helm install failed for release traefik/traefik with chart traefik@37.0.0: ";

// As the controllers of Flux 2.9 write them (kustomize-controller 1.9, source-controller 1.9, helm-controller 1.6),
// with what SOPS, Entra ID, SSH, registries, Helm 4 and the API server put into them.
const messages: readonly (readonly [message: string, cause: RegExp])[] = [
    [
        sops(
            `  https://v.vault.azure.net/keys/sops/1: FAILED\n    - | failed to decrypt sops data key with Azure Key Vault key: WorkloadIdentityCredential authentication failed. {"error":"invalid_client","error_description":"AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:flux-system:kustomize-controller'."}`,
        ),
        /has another subject/,
    ],
    [
        sops(
            `  https://v.vault.azure.net/keys/sops/1: FAILED\n    - | RESPONSE 403: 403 Forbidden ERROR CODE: Forbidden {"code":"Forbidden","message":"Caller is not authorized to perform action on resource.","innererror":{"code":"ForbiddenByRbac"}}`,
        ),
        /role Key Vault Crypto User/,
    ],
    [
        "failed to determine the artifact tag for 'oci://acme.azurecr.io/charts/front': GET https://acme.azurecr.io/oauth2/token?scope=repository%3Acharts%2Ffront%3Apull&service=acme.azurecr.io: UNAUTHORIZED: authentication required, visit https://aka.ms/acr/authorization for more information. CorrelationId: eec1a637",
        /AcrPull on the registry/,
    ],
    [
        "failed to determine the artifact tag for 'oci://acme.azurecr.io/charts/front': failed to create artifact registry credentials: POST https://acme.azurecr.io/oauth2/exchange\n---\nRESPONSE 401: 401 Unauthorized\nERROR CODE UNAVAILABLE",
        /AcrPull on the registry/,
    ],
    [
        sops("  85D77543B3D624B63CEA9E6DBC17301B491B3F21: FAILED\n    - | could not decrypt data key with PGP key"),
        /does not hold the PGP key 85D7/,
    ],
    [
        "Secret/podinfo/podinfo-credentials is SOPS encrypted, configuring decryption is required for this secret to be reconciled",
        /no spec\.decryption/,
    ],
    [
        "failed to checkout and determine revision: unable to list remote for 'https://github.com/acme/fleet.git': authentication required: Invalid username or token.",
        /Flux's App \(landfall:fluxAppId\) no token/,
    ],
    [
        "failed to configure authentication options: POST https://api.github.com/app/installations/20/access_tokens: 403 This installation has been suspended []",
        /Flux's App \(landfall:fluxAppId\) no token/,
    ],
    [`${clone}ssh: handshake failed: knownhosts: key mismatch`, /SSH host key/],
    [
        `${clone}ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain`,
        /deploy key/,
    ],
    [
        "failed to checkout and determine revision: unable to clone: repository not found: git repository: 'ssh://git@github.com/acme/fleet.git'",
        /deploy key/,
    ],
    [
        `failed to checkout and determine revision: unable to clone: couldn't find remote ref "refs/heads/staging": git repository: 'ssh://git@github.com/acme/fleet.git'`,
        /branch is not in the fleet repository/,
    ],
    [`${clone}ssh: handshake failed: read tcp 10.0.0.4:45906->140.82.121.4:22: read: connection timed out`, /network/],
    [
        `post build failed for 'ConfigMap.v1.[noGrp]/settings': envsubst error: variable substitution failed: variable not set (strict mode): "region"`,
        /cluster-vars/,
    ],
    [
        `${install}Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: Post "https://cert-manager-webhook.cert-manager.svc:443/validate": dial tcp 10.0.12.7:443: connect: connection refused`,
        /admission webhook/,
    ],
    [
        `${install}unable to build kubernetes objects from release manifest: resource mapping not found for name: "traefik" namespace: "traefik" from "": no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1"\nensure CRDs are installed first`,
        /before its CRD/,
    ],
    [
        `ClusterIssuer/letsencrypt dry-run failed: no matches for kind "ClusterIssuer" in version "cert-manager.io/v1"`,
        /before its CRD/,
    ],
    [
        `ServiceAccount/velero/velero namespace not specified: the server could not find the requested resource`,
        /no namespace: write/,
    ],
    [`ServiceAccount/velero/velero not found: namespaces "velero" not found`, /namespace has to come/],
    [
        `Namespace/apps dry-run failed (Forbidden): namespaces "apps" is forbidden: User "system:serviceaccount:flux-system:default" cannot patch resource "namespaces" in API group "" in the namespace "apps"`,
        /lacks the rights/,
    ],
    [
        `Pod/monitoring/test dry-run failed (Forbidden): pods "test" is forbidden: error looking up service account monitoring/test: serviceaccount "test" not found`,
        /admission refuses/,
    ],
    [
        `Deployment/podinfo/podinfo dry-run failed (Invalid): Deployment.apps "podinfo" is invalid: spec.selector: Invalid value: {}: field is immutable`,
        /delete the object/,
    ],
    [
        "failed to determine artifact digest: GET https://ghcr.io/v2/stefanprodan/charts/podinfo/manifests/6.0.0: MANIFEST_UNKNOWN: manifest unknown",
        /this version of it/,
    ],
    [
        "invalid chart reference: failed to get chart version for remote reference: no 'traefik' chart with version matching '99.0.0' found",
        /this version of it/,
    ],
    [
        "chart pull error: failed to get chart version for remote reference: could not locate a version matching provided version string >=99",
        /this version of it/,
    ],
    [
        "failed to determine artifact digest: GET https://ghcr.io/token?scope=repository:acme/charts:pull&service=ghcr.io: DENIED: denied",
        /registry refuses/,
    ],
    [
        `${install}values don't meet the specifications of the schema(s) in the following chart(s):\ntraefik:\n- at '': additional properties 'replicas' not allowed`,
        /refuses these values/,
    ],
    [
        `failed to fetch Helm repository index: failed to cache index to temporary file: Get "https://traefik.github.io/charts/index.yaml": dial tcp: lookup traefik.github.io on 10.0.0.10:53: no such host`,
        /network/,
    ],
    [
        `failed to determine artifact digest: Get "https://ghcr.io/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
        /certificate/,
    ],
    [
        "kustomization path not found: stat /tmp/kustomization-3148/clusters/staging: no such file or directory",
        /cannot build this path/,
    ],
    [
        `kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'release.yaml': open /tmp/release.yaml: no such file or directory'`,
        /cannot build this path/,
    ],
    [
        "health check failed after 5m0.03s: timeout waiting for: [Deployment/podinfo/podinfo status: 'InProgress']",
        /does not become healthy/,
    ],
    [
        "health check failed after 2.1s: failed early due to stalled resources: [HelmRelease/flux-system/traefik status: 'Failed']",
        /does not become healthy/,
    ],
];

describe("probableCause", () => {
    for (const [message, cause] of messages) {
        it(`knows: ${message.split("\n").at(-1)?.slice(-90) ?? ""}`, () => {
            assert.match(probableCause(message) ?? "unknown", cause);
        });
    }

    it("says nothing of what it does not know", () => {
        assert.equal(probableCause("Applied revision: staging@sha1:c0ffee"), undefined);
        assert.equal(probableCause(""), undefined);
    });
});
