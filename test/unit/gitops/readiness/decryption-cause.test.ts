import * as assert from "node:assert/strict";
import { decryptionCause, decryptionMayPass } from "../../../../components/gitops/readiness/decryption-cause";
import { evaluate } from "../../../../components/gitops/readiness/flux-status";

const key = "https://kv-x.vault.azure.net/keys/sops/0123456789abcdef";

/** What kustomize-controller 1.9 makes of a reason: sops boxes it, some 60 columns wide. */
function refusal(reason: string): string {
    const boxed = (reason.match(/.{1,60}(\s|$)|\S+/g) ?? []).map((line) => `      | ${line.trimEnd()}`).join("\n");
    return (
        "decryption failed for 'Secret.v1.[noGrp]/decryption-canary-key-vault': failed to decrypt and format " +
        "'flux-system/decryption-canary-key-vault' Secret data: cannot get sops data key: Failed to get the data key required " +
        `to decrypt the SOPS file.\n\nGroup 0: FAILED\n  ${key}: FAILED\n    - | failed to decrypt sops data key with Azure Key ` +
        `Vault key\n      | '${key}':\n${boxed}\n\nRecovery failed because no master key was able to decrypt the file.`
    );
}

const entra = (text: string) =>
    refusal(
        `failed to create provider access token for the controller: WorkloadIdentityCredential authentication failed. RESPONSE 401: ` +
            `401 Unauthorized { "error": "invalid_client", "error_description": "${text}" }`,
    );
const mismatch = (code: number, part: string) =>
    entra(
        `AADSTS${code}: No matching federated identity record found for presented assertion ${part}. Check your federated ` +
            "identity credential Subject, Audience and Issuer against the presented assertion.",
    );

const messages: readonly (readonly [name: string, message: string, cause: RegExp, mayPass: boolean])[] = [
    [
        "the pod's label",
        refusal(
            "failed to create provider access token for the controller: DefaultAzureCredential: failed to acquire a token.",
        ),
        /^the pod of kustomize-controller got no workload identity: its label azure\.workload\.identity\/use/,
        false,
    ],
    [
        "the client id",
        entra("AADSTS700016: Application with identifier 'c-1' was not found in the directory 't-1'."),
        /^the client id c-1 in the annotation of ServiceAccount flux-system\/kustomize-controller/,
        true,
    ],
    [
        "the credential's subject",
        mismatch(700213, "subject 'system:serviceaccount:flux-system:kustomize-controller'"),
        /^the federated credential flux-system-kustomize-controller-\w+ of .* another subject/,
        true,
    ],
    [
        "the credential's audience",
        mismatch(700212, "audience 'api://AzureADTokenExchange'"),
        /does not accept the token's audience api:\/\/AzureADTokenExchange; pulumi up --refresh/,
        true,
    ],
    [
        "the credential's issuer",
        mismatch(700211, "issuer 'https://westeurope.oic.prod-aks.azure.com/t/c/'"),
        /is missing, or trusts another issuer than this cluster's https:\/\/westeurope\.oic/,
        true,
    ],
    [
        "the token's age",
        entra("AADSTS700024: Client assertion is not within its valid time range."),
        /service account token is too old/,
        false,
    ],
    [
        "the role",
        refusal(
            `RESPONSE 403: 403 Forbidden ERROR CODE: Forbidden { "message": "Caller is not authorized to perform action on resource. ` +
                `Caller: oid=o-1 Action: 'Microsoft.KeyVault/vaults/keys/decrypt/action' Resource: '/subscriptions/s/vaults/kv-x/keys/sops'", ` +
                `"innererror": { "code": "ForbiddenByRbac" } }`,
        ),
        /identity oid=o-1 may not use \/subscriptions\/s\/vaults\/kv-x\/keys\/sops: it needs the role Key Vault Crypto User/,
        true,
    ],
    [
        "the version of the key, disabled",
        refusal(
            `403 Forbidden { "message": "Operation decrypt is not allowed on a disabled key.", "innererror": { "code": "KeyDisabled" } }`,
        ),
        /is disabled: az keyvault key set-attributes --enabled true --id https:\/\/kv-x\.vault\.azure\.net\/keys\/sops\/0123/,
        false,
    ],
    [
        "the key, gone",
        refusal("404 Not Found { KeyNotFound: A key with (name/id) sops/1 was not found in this key vault. }"),
        /Key Vault has no key https:\/\/kv-x/,
        false,
    ],
    [
        "the network",
        refusal(`Post "https://login.microsoftonline.com/t/oauth2/v2.0/token": dial tcp: i/o timeout`),
        /^the network: the cluster does not reach/,
        true,
    ],
    [
        "the vault, gone",
        refusal(
            `Post "https://kv-x.vault.azure.net/keys/sops/1/decrypt": dial tcp: lookup kv-x.vault.azure.net: no such host`,
        ),
        /^the vault of https:\/\/kv-x\S+ does not exist/,
        true,
    ],
    [
        "both keys, gone",
        refusal("404 Not Found { KeyNotFound: A key with (name/id) sops/1 was not found in this key vault. }").replace(
            "Group 0: FAILED",
            `Group 0: FAILED\n  ${"A".repeat(40)}: FAILED\n    - | could not decrypt data key with PGP key`,
        ),
        /^neither way in is open: Key Vault has no key https:\/\/kv-x.*; and Secret .* does not hold the PGP key A{40} .*are lost/,
        false,
    ],
    [
        "the Secret with the PGP key",
        `cannot get decryption Secret 'flux-system/sops-gpg': Secret "sops-gpg" not found`,
        /^Secret flux-system\/sops-gpg is missing/,
        false,
    ],
    [
        "the PGP key",
        "cannot get sops data key: Failed to get the data key required to decrypt the SOPS file.\n\nGroup 0: FAILED\n  85D77543B3D624B63CEA9E6DBC17301B491B3F21: FAILED\n    - | could not decrypt data key with PGP key",
        /does not hold the PGP key 85D77543B3D624B63CEA9E6DBC17301B491B3F21/,
        false,
    ],
];

describe("the cause of a failed decryption", () => {
    for (const [name, message, cause, mayPass] of messages) {
        it(`is named in one line with what to fix: ${name}`, () => {
            const line = decryptionCause(message) ?? "";
            assert.match(line, cause);
            assert.doesNotMatch(line, /\n/);
            assert.equal(decryptionMayPass(message), mayPass);
        });
    }

    it("is not looked for in messages about something else", () => {
        assert.equal(decryptionCause("failed to pull artifact: ForbiddenByRbac"), undefined);
    });

    it("does not end an update while Azure may still be spreading a credential or role", () => {
        const layer = (message: string) => ({
            kind: "Kustomization",
            metadata: { name: "canary", namespace: "flux-system", generation: 1 },
            status: {
                observedGeneration: 1,
                lastAttemptedRevision: "staging@sha1:c0ffee",
                conditions: [{ type: "Ready", status: "False", reason: "BuildFailed", message }],
            },
        });
        for (const [, message, , mayPass] of messages) {
            assert.equal(evaluate([layer(message)], "c0ffee").blockers[0]?.terminal, !mayPass);
        }
    });
});
