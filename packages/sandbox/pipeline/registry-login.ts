/**
 * How a job of GitHub Actions logs in to the stack's registry: to Azure with the job's OIDC token (azure/login), then
 * to the registry (az acr login). The environment is the job's: ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN,
 * AZURE_CLIENT_ID, AZURE_TENANT_ID, REGISTRY.
 */

/** @throws Error if it is not set. */
export function variable(name: string): string {
    const value = process.env[name];
    if (!value) {
        throw new Error(`${name} is not set: this runs in a job of the sandbox, see npm run sandbox -- help`);
    }
    return value;
}

/** The token that registries call a refresh token: the password of `docker login` and `helm registry login`. */
export async function registryToken(registry: string): Promise<string> {
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

/** What a client sends with the requests of a push to one repository. */
export async function pushToken(registry: string, repository: string): Promise<string> {
    return ask(
        `https://${registry}/oauth2/token`,
        "access_token",
        form({
            grant_type: "refresh_token",
            service: registry,
            scope: `repository:${repository}:pull,push`,
            refresh_token: await registryToken(registry),
        }),
    );
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

function form(fields: Record<string, string>): RequestInit {
    return { method: "POST", body: new URLSearchParams(fields) };
}
