/**
 * Stands in for Azure/kubelogin: `kubelogin get-token --login <method> --server-id <id> ...` prints the ExecCredential
 * of an API client. It logs in as an application (spn), by a federated token (workloadidentity), or as whoever the az
 * CLI would be logged in as (azurecli), which in a sandbox is the deployer of ARM_CLIENT_ID. It does not prove that a
 * person can log in, nor that az is there.
 *
 * Plain JavaScript, because it is started for every API client.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const options = {
    login: { type: "string", short: "l", default: "devicecode" },
    "server-id": { type: "string" },
    "client-id": { type: "string" },
    "client-secret": { type: "string" },
    "tenant-id": { type: "string", short: "t" },
    "federated-token-file": { type: "string" },
    "authority-host": { type: "string" },
    environment: { type: "string", short: "e", default: "AzurePublicCloud" },
    "use-azurerm-env-vars": { type: "boolean", default: false },
};

class UsageError extends Error {}

/** Environment variables win over flags, as in kubelogin; ARM_* count with --use-azurerm-env-vars only. */
function readIdentity(flags, env) {
    const arm = flags["use-azurerm-env-vars"] || flags.login === "azurecli";
    const pick = (name, ...variables) => variables.map((variable) => env[variable]).find(Boolean) ?? flags[name];
    return arm
        ? {
              clientId: pick("client-id", "ARM_CLIENT_ID"),
              clientSecret: pick("client-secret", "ARM_CLIENT_SECRET"),
              tenantId: pick("tenant-id", "ARM_TENANT_ID"),
              tokenFile: pick("federated-token-file", "ARM_OIDC_TOKEN_FILE_PATH"),
          }
        : {
              clientId: pick("client-id", "AZURE_CLIENT_ID", "AAD_SERVICE_PRINCIPAL_CLIENT_ID"),
              clientSecret: pick("client-secret", "AZURE_CLIENT_SECRET", "AAD_SERVICE_PRINCIPAL_CLIENT_SECRET"),
              tenantId: pick("tenant-id", "AZURE_TENANT_ID"),
              tokenFile: pick("federated-token-file", "AZURE_FEDERATED_TOKEN_FILE"),
          };
}

function readProof(login, identity) {
    switch (login) {
        case "spn":
        case "azurecli":
            return { client_secret: demand(identity.clientSecret, "a client secret (AZURE_CLIENT_SECRET)", login) };
        case "workloadidentity":
            return {
                client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                client_assertion: readFileSync(
                    demand(identity.tokenFile, "a token file (AZURE_FEDERATED_TOKEN_FILE)", login),
                    "utf8",
                ).trim(),
            };
        default:
            throw new UsageError(
                `the login method "${login}" needs a person at a browser: set --login or AAD_LOGIN_METHOD to spn, ` +
                    "workloadidentity or azurecli",
            );
    }
}

function demand(value, what, login) {
    if (!value) {
        throw new UsageError(`the login method "${login}" needs ${what}`);
    }
    return value;
}

async function getToken(argv, env) {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
    if (positionals[0] !== "get-token") {
        throw new UsageError(`unknown command "${positionals.join(" ")}": the sandbox's kubelogin has get-token only`);
    }
    const flags = { ...values, login: env.AAD_LOGIN_METHOD || values.login };
    const identity = readIdentity(flags, env);
    const proof = readProof(flags.login, identity);
    const host = (flags["authority-host"] ?? env.AZURE_AUTHORITY_HOST ?? "https://login.microsoftonline.com").replace(
        /\/+$/,
        "",
    );
    const tenant = demand(identity.tenantId, "a tenant (--tenant-id or AZURE_TENANT_ID)", flags.login);
    const response = await fetch(`${host}/${tenant}/oauth2/v2.0/token`, {
        method: "POST",
        body: new URLSearchParams({
            grant_type: "client_credentials",
            client_id: demand(identity.clientId, "a client id (AZURE_CLIENT_ID)", flags.login),
            scope: `${demand(flags["server-id"], "the id of the API server (--server-id)", flags.login)}/.default`,
            ...proof,
        }),
    });
    const body = await response.json();
    if (!response.ok) {
        throw new Error(`failed to get a token: ${body.error_description ?? `status ${response.status}`}`);
    }
    return {
        kind: "ExecCredential",
        apiVersion: "client.authentication.k8s.io/v1beta1",
        spec: { interactive: false },
        status: {
            expirationTimestamp: new Date(Date.now() + body.expires_in * 1000).toISOString().replace(/\.\d+/, ""),
            token: body.access_token,
        },
    };
}

try {
    process.stdout.write(JSON.stringify(await getToken(process.argv.slice(2), process.env)));
} catch (error) {
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
    process.stderr.write(`Error: ${error.message}${cause}\n`);
    process.exitCode = 1;
}
