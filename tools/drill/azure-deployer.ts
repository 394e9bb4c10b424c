import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { StackResource } from "./stack-resource";
import type { Session } from "@landfall/sandbox";

type Json = Record<string, unknown>;

const management = "https://management.azure.com";
const assignmentVersion = "2022-04-01";
const credentialVersion = "2023-01-31";

/** A resource as Azure Resource Manager answers it. */
interface ArmResource extends Json {
    readonly id: string;
    readonly name: string;
    readonly properties: Json;
}

/**
 * One call with a token of its own, or the token itself. In a process by itself, since proxy and certificates come from
 * the environment.
 */
const script = `
(async ([method, resource, url, body]) => {
    const { ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_TENANT_ID } = process.env;
    const login = await fetch("https://login.microsoftonline.com/" + ARM_TENANT_ID + "/oauth2/v2.0/token", {
        method: "POST",
        body: new URLSearchParams({
            grant_type: "client_credentials",
            client_id: ARM_CLIENT_ID,
            client_secret: ARM_CLIENT_SECRET,
            scope: resource + "/.default",
        }),
    });
    const { access_token: token } = await login.json();
    if (method === "token") {
        console.log(JSON.stringify({ status: login.status, text: JSON.stringify({ token }) }));
        return;
    }
    const headers = { authorization: "Bearer " + token, "content-type": "application/json" };
    const answer = await fetch(url, { method, headers, ...(body ? { body } : {}) });
    console.log(JSON.stringify({ status: answer.status, text: await answer.text() }));
})(process.argv.slice(1));`;

/** The deployer of a running sandbox at Azure's own interfaces: sends what `az` would with the same login. */
export class AzureDeployer {
    constructor(private readonly session: Session) {}

    get subscription(): string {
        return `/subscriptions/${this.session.environment.ARM_SUBSCRIPTION_ID}`;
    }

    /** Calls Resource Manager. Throws with Azure's answer if it refuses. */
    arm<Answer = ArmResource>(method: "GET" | "PUT" | "DELETE", path: string, apiVersion: string, body?: object) {
        return this.call<Answer>(method, management, `${management}${path}?api-version=${apiVersion}`, body);
    }

    /** Grants a role, by its GUID. Gives the assignment. */
    grant(principalId: string, role: string, scope: string, name: string = randomUUID()): Promise<ArmResource> {
        const roleDefinitionId = `${this.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
        const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
        const properties = { principalId, principalType: "ServicePrincipal", roleDefinitionId };
        return this.arm("PUT", id, assignmentVersion, { properties });
    }

    /** The object id of who this environment logs in, from their token. */
    async objectId(environment: Session["environment"]): Promise<string> {
        const login = new AzureDeployer({ ...this.session, environment });
        const { token } = await login.call<{ token: string }>("token", management, "");
        const claims = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
        return (JSON.parse(claims) as { oid: string }).oid;
    }

    /** Takes a role away, by the id of its assignment. */
    revoke({ id }: { readonly id: string }): Promise<ArmResource> {
        return this.arm("DELETE", id, assignmentVersion);
    }

    /** Changes what a federated credential trusts; what is not given is as the program made it. */
    setCredential({ id, outputs }: StackResource, change: object): Promise<ArmResource> {
        const { issuer, subject, audiences } = outputs;
        return this.arm("PUT", id, credentialVersion, { properties: { issuer, subject, audiences, ...change } });
    }

    /** Removes a federated credential. */
    removeCredential({ id }: StackResource): Promise<ArmResource> {
        return this.arm("DELETE", id, credentialVersion);
    }

    /** Calls a Key Vault, by the address of a key or secret. */
    vault(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", address: string, body?: object): Promise<Json> {
        return this.call<Json>(method, "https://vault.azure.net", `${address}?api-version=7.4`, body);
    }

    private call<Answer>(method: string, resource: string, url: string, body?: object): Promise<Answer> {
        const args = ["-e", script, method, resource, url, ...(body ? [JSON.stringify(body)] : [])];
        const env = { PATH: process.env.PATH, ...this.session.environment };
        return new Promise((resolve, reject) => {
            execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
                if (error) {
                    reject(new Error(`${method} ${url}: ${stderr}`));
                    return;
                }
                const { status, text } = JSON.parse(stdout) as { status: number; text: string };
                if (status >= 300) {
                    reject(new Error(`${method} ${url}: ${status} ${text}`));
                    return;
                }
                resolve((text === "" ? {} : JSON.parse(text)) as Answer);
            });
        });
    }
}
