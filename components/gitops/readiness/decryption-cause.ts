import { federatedCredentialName } from "../../settings/naming";

/** A broken link of the chain from kustomize-controller to a key that decrypts. */
interface Link {
    readonly pattern: RegExp;
    /** One line: what is wrong, with the resource, and what corrects it. */
    readonly describe: (message: string) => string;
    /** Whether Azure may heal it within minutes: it spreads new credentials, roles and names slowly. */
    readonly mayPass?: boolean;
}

const subject = "system:serviceaccount:flux-system:kustomize-controller";
const credential = `federated credential ${federatedCredentialName(subject)} of kustomize-controller's identity`;
const repair = "pulumi up --refresh puts it back";

const pgpLink = link(
    /gpg|no secret key|PGP/i,
    (message) =>
        `Secret flux-system/sops-gpg does not hold the PGP key${quoted(message, /\b([0-9A-F]{40})\b/)} that the file is encrypted to; compare landfall:sopsPgpPrivateKey, or npm run secret -- recipients <environment>`,
);

/** The links in the order in which a decryption passes them: pod, federated credential, identity, role, key. */
const links: readonly Link[] = [
    link(
        /DefaultAzureCredential: failed|ManagedIdentityCredential|no client ID specified|AZURE_FEDERATED_TOKEN_FILE/i,
        () =>
            "the pod of kustomize-controller got no workload identity: its label azure.workload.identity/use, the client-id annotation of ServiceAccount flux-system/kustomize-controller, or the webhook was missing when it started; put FluxInstance flux-system/flux right (pulumi up --refresh), then delete the pod",
    ),
    link(
        /AADSTS700016\b/,
        (message) =>
            `the client id${quoted(message, /identifier '([^']+)'/)} in the annotation of ServiceAccount flux-system/kustomize-controller is no application of the tenant; ${repair}`,
        true,
    ),
    link(
        /AADSTS700213\b|AADSTS7002138\b/,
        () => `the ${credential} has another subject than ${subject}; ${repair}`,
        true,
    ),
    link(
        /AADSTS700212\b/,
        (message) =>
            `the ${credential} does not accept the token's audience${quoted(message, /audience '([^']+)'/)}; ${repair}`,
        true,
    ),
    link(
        /AADSTS700211\b|AADSTS70021\b/,
        (message) =>
            `the ${credential} is missing, or trusts another issuer than this cluster's${quoted(message, /issuer '([^']+)'/)}; ${repair}`,
        true,
    ),
    link(
        /AADSTS700024\b/,
        () =>
            "the service account token is too old: clocks differ, or the pod's token volume is stale; delete the pod of kustomize-controller",
    ),
    link(
        /AADSTS(700027|50166|50027)\b/,
        () =>
            "Entra cannot check the token's signature: the cluster's OIDC issuer is off or does not answer; az aks show --query oidcIssuerProfile",
        true,
    ),
    link(/AADSTS90002\b/, () => "the tenant of the pod's AZURE_TENANT_ID does not exist"),
    link(
        /ForbiddenByRbac|Caller is not authorized to perform action/i,
        (message) =>
            `kustomize-controller's identity${quoted(message, /Caller: ([^\\\s]+)/)} may not use${quoted(message, /Resource: '([^']+)'/) || " the Key Vault key"}: it needs the role Key Vault Crypto User there (RoleAssignment landfall-kustomize-controller-key-vault-crypto-user); ${repair}, and Azure takes up to five minutes`,
        true,
    ),
    link(
        /KeyDisabled|disabled key/i,
        (message) =>
            `this version of the Key Vault key is disabled: az keyvault key set-attributes --enabled true --id ${keyIn(message)}, or encrypt the file to another version`,
    ),
    link(
        /KeyNotFound|was not found in this key vault/i,
        (message) =>
            `Key Vault has no key ${keyIn(message)}: recover it if it was deleted (az keyvault key recover), or encrypt the file again`,
    ),
    link(
        /ForbiddenByFirewall|Client address is not authorized|Public network access is disabled/i,
        (message) => `the network rules of the vault of ${keyIn(message)} refuse the cluster's address`,
    ),
    link(
        /VaultNotFound|no such host.*vault|vault\.azure\.net.*no such host/i,
        (message) =>
            `the vault of ${keyIn(message)} does not exist: it was deleted (az keyvault recover), or the file is encrypted to another stack's`,
        true,
    ),
    link(
        /connection (refused|reset|timed out)|i\/o timeout|no such host|Bad Gateway|TLS handshake timeout|context deadline exceeded/i,
        (message) =>
            `the network: the cluster does not reach ${keyIn(message)} or login.microsoftonline.com (DNS, egress rules)`,
        true,
    ),
    link(
        /Secret.*"?sops-gpg"? not found|secrets "sops-gpg" not found/i,
        () => `Secret flux-system/sops-gpg is missing; ${repair}`,
    ),
    pgpLink,
];

/**
 * The broken link behind a message of kustomize-controller about a file that it cannot decrypt, with the resource to
 * fix, or both where each of two ways in is broken: one line. Undefined if the message is about something else.
 */
export function decryptionCause(message: string): string | undefined {
    const text = unwrapped(message);
    const found = brokenLink(text);
    const both = found && found !== pgpLink && text.includes("could not decrypt data key with PGP");
    return both
        ? `neither way in is open: ${found.describe(text)}; and ${pgpLink.describe(text)}; if both keys are lost, so are the file's values in Git (docs/secrets.md)`
        : found?.describe(text);
}

/** Whether a decryption that failed may succeed at the same commit, once Azure has spread what was just made. */
export function decryptionMayPass(message: string): boolean {
    return brokenLink(unwrapped(message))?.mayPass === true;
}

function brokenLink(text: string): Link | undefined {
    return /decrypt|sops/i.test(text) ? links.find(({ pattern }) => pattern.test(text)) : undefined;
}

/** sops wraps the reasons of its keys in a box of some 60 columns. */
function unwrapped(message: string): string {
    return message.replace(/\s*\n\s*\|\s*/g, " ");
}

function quoted(message: string, pattern: RegExp): string {
    const found = pattern.exec(message)?.[1];
    return found === undefined ? "" : ` ${found}`;
}

function keyIn(message: string): string {
    return /https:\/\/[^\s':]+\/keys\/[^\s':]+/.exec(message)?.[0] ?? "the Key Vault";
}

function link(pattern: RegExp, describe: (message: string) => string, mayPass = false): Link {
    return { pattern, describe, mayPass };
}
