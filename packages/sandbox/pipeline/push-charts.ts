/**
 * What a team's pipeline does in a job of GitHub Actions: logs in to Azure with the job's OIDC token (azure/login), to
 * the registry (az acr login), and pushes charts (helm push). The environment is the job's:
 * ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN, AZURE_CLIENT_ID, AZURE_TENANT_ID, REGISTRY. Arguments: the charts' folders.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

function variable(name: string): string {
    const value = process.env[name];
    if (!value) {
        throw new Error(`${name} is not set: this runs in a job of the sandbox, see npm run sandbox -- push-charts`);
    }
    return value;
}

/** The field of a JSON answer. Throws with what the server said when it refuses. */
async function ask(url: string, field: string, init: RequestInit): Promise<string> {
    const answer = await fetch(url, init);
    const text = await answer.text();
    if (!answer.ok) {
        throw new Error(`${url.split("?")[0]} answers ${answer.status}: ${text}`);
    }
    return String((JSON.parse(text) as Record<string, unknown>)[field]);
}

async function registryToken(registry: string): Promise<string> {
    const tenant = variable("AZURE_TENANT_ID");
    const audience = encodeURIComponent("api://AzureADTokenExchange");
    const headers = { authorization: `Bearer ${variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN")}` };
    const idToken = await ask(`${variable("ACTIONS_ID_TOKEN_REQUEST_URL")}&audience=${audience}`, "value", { headers });
    const accessToken = await ask(
        `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
        "access_token",
        form({
            grant_type: "client_credentials",
            client_id: variable("AZURE_CLIENT_ID"),
            client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            client_assertion: idToken,
            scope: "https://containerregistry.azure.net/.default",
        }),
    );
    return ask(
        `https://${registry}/oauth2/exchange`,
        "refresh_token",
        form({ grant_type: "access_token", service: registry, tenant, access_token: accessToken }),
    );
}

function form(fields: Record<string, string>): RequestInit {
    return { method: "POST", body: new URLSearchParams(fields) };
}

/** Throws with what Helm said when it fails. */
function helm(home: string, args: readonly string[], input = ""): string {
    const env = { ...process.env, HELM_REGISTRY_CONFIG: path.join(home, "config.json"), HELM_CACHE_HOME: home };
    const { status, stdout, stderr, error } = spawnSync("helm", args, { input, env, encoding: "utf8" });
    if (error || status !== 0) {
        throw new Error(`helm ${args.slice(0, 2).join(" ")} failed: ${error?.message ?? stderr}`);
    }
    return stdout;
}

async function main(charts: readonly string[]): Promise<void> {
    const registry = variable("REGISTRY");
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-push-"));
    try {
        const login = ["--username", "00000000-0000-0000-0000-000000000000", "--password-stdin"];
        helm(home, ["registry", "login", registry, ...login], await registryToken(registry));
        for (const chart of charts) {
            helm(home, ["package", chart, "--destination", home]);
        }
        for (const archive of fs.readdirSync(home).filter((file) => file.endsWith(".tgz"))) {
            helm(home, ["push", path.join(home, archive), `oci://${registry}/charts`]);
            console.log(`pushed ${archive} to oci://${registry}/charts`);
        }
    } finally {
        fs.rmSync(home, { recursive: true, force: true });
    }
}

main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
});
