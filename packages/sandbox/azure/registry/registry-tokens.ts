import { randomBytes, randomUUID } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import type { HttpRequest, HttpResponse } from "../../network/route";
import { RegistryError } from "../../registry/registry-error";
import { isAllowed } from "../arm/access";
import type { Entra } from "../entra/entra";
import type { AzureState, Resource } from "../state";

/** What a token lets its bearer do with one repository. */
export interface Access {
    readonly type: "repository";
    readonly name: string;
    readonly actions: readonly string[];
}

type Grant = "refresh_token" | "access_token";

/** Lifetimes as Azure documents them: three hours, and 75 minutes. */
const lifetimes: Readonly<Record<Grant, string>> = { refresh_token: "3h", access_token: "75m" };

/** The role permission behind each action of a scope (Azure/acr, docs/AAD-OAuth.md, and the built-in roles). */
const permissions: Readonly<Record<string, string>> = {
    pull: "Microsoft.ContainerRegistry/registries/pull/read",
    push: "Microsoft.ContainerRegistry/registries/push/write",
    delete: "Microsoft.ContainerRegistry/registries/artifacts/delete",
};

/** The same where a registry goes by permissions for each repository: others, which assignments may limit. */
const repositoryPermissions: Readonly<Record<string, string>> = {
    pull: "Microsoft.ContainerRegistry/registries/repositories/content/read",
    push: "Microsoft.ContainerRegistry/registries/repositories/content/write",
    delete: "Microsoft.ContainerRegistry/registries/repositories/content/delete",
};

const repositoryName = "Microsoft.ContainerRegistry/registries/repositories:name";

const registryAudiences = ["https://containerregistry.azure.net", "https://containerregistry.azure.net/"];
const armAudiences = ["https://management.azure.com", "https://management.azure.com/"];

/**
 * The token service of container registries: Entra's access token for a refresh token of the registry, and that for an
 * access token with what the roles on the registry allow. Roles are looked at when a token is made; it lasts as long as
 * it says.
 */
export class RegistryTokens {
    private readonly key = randomBytes(32);

    constructor(
        private readonly state: AzureState,
        private readonly entra: Entra,
    ) {}

    /** Answers POST /oauth2/exchange. @throws RegistryError */
    async exchange(registry: Resource, { url, body }: HttpRequest): Promise<HttpResponse> {
        const form = new URLSearchParams(body.toString("utf8"));
        if (form.get("grant_type") !== "access_token" || form.get("service") !== url.hostname) {
            throw new RegistryError(400, "UNSUPPORTED", "grant_type has to be access_token, and service the registry");
        }
        const { objectId } = await this.entra
            .verify(form.get("access_token") ?? "", audiencesOf(registry))
            .catch(() => Promise.reject(unauthorized()));
        const allowed = Object.keys(permissions).filter((action) => this.allows(registry, objectId, action));
        if (allowed.length === 0) {
            throw unauthorized();
        }
        const claims = { sub: objectId, tenant: this.state.tenantId, permissions: { actions: allowed } };
        return { status: 200, body: { refresh_token: await this.sign(url.hostname, "refresh_token", claims) } };
    }

    /** Answers GET and POST /oauth2/token. @throws RegistryError */
    async token(registry: Resource, request: HttpRequest): Promise<HttpResponse> {
        const isPost = request.method === "POST";
        const form = isPost ? new URLSearchParams(request.body.toString("utf8")) : request.url.searchParams;
        const presented = isPost ? (form.get("refresh_token") ?? "") : passwordOf(request);
        const { hostname } = request.url;
        const { sub } = await this.verify(hostname, "refresh_token", presented).catch(() =>
            Promise.reject(unauthorized()),
        );
        const asked = form.getAll("scope").flatMap((scope) => scope.split(" "));
        const access = asked.filter((scope) => scope !== "").map(parseScope);
        const granted = access.map(({ actions, ...repository }) => ({
            ...repository,
            actions: actions.filter((action) => this.allows(registry, sub, action, repository.name)),
        }));
        if (granted.some(({ actions }) => actions.length === 0)) {
            throw unauthorized();
        }
        return {
            status: 200,
            body: { access_token: await this.sign(hostname, "access_token", { sub, access: granted }) },
        };
    }

    /** What an access token of the registry allows. Rejects when it is none. */
    async accessOf(host: string, token: string): Promise<readonly Access[]> {
        return (await this.verify(host, "access_token", token)).access ?? [];
    }

    /** For any repository unless one is named. */
    private allows({ address: { id } }: Resource, objectId: string, action: string, repository?: string): boolean {
        if (this.state.registriesByRepository.has(id.toLowerCase())) {
            const permission = repositoryPermissions[action] ?? "";
            const attributes = repository === undefined ? undefined : { [repositoryName]: repository };
            return isAllowed(this.state, objectId, permission, id, "dataActions", attributes);
        }
        const permission = permissions[action];
        return permission !== undefined && isAllowed(this.state, objectId, permission, id, "actions");
    }

    private sign(host: string, grant: Grant, claims: object): Promise<string> {
        return new SignJWT({ ...claims, jti: randomUUID(), version: "1.0", grant_type: grant, roles: [] })
            .setProtectedHeader({ alg: "HS256", typ: "JWT" })
            .setIssuer("Azure Container Registry")
            .setAudience(host)
            .setIssuedAt()
            .setNotBefore("-5s")
            .setExpirationTime(lifetimes[grant])
            .sign(this.key);
    }

    private async verify(host: string, grant: Grant, token: string) {
        const { payload } = await jwtVerify(token, this.key, { issuer: "Azure Container Registry", audience: host });
        if (payload.grant_type !== grant) {
            throw new Error(`this is not a ${grant}`);
        }
        return { sub: String(payload.sub), access: payload.access as readonly Access[] | undefined };
    }
}

/** Entra's tokens for Resource Manager are accepted as well, unless the registry's policy says otherwise. */
function audiencesOf({ inputs }: Resource): string[] {
    const { policies } = inputs as { policies?: { azureADAuthenticationAsArmPolicy?: { status?: string } } };
    const arm = policies?.azureADAuthenticationAsArmPolicy?.status !== "disabled";
    return arm ? [...registryAudiences, ...armAudiences] : registryAudiences;
}

/** `repository:<name>:<action>,…`; other types of scope are not part of the sandbox. */
function parseScope(scope: string): Access {
    const [, name = "", actions = ""] = /^repository:([^:]+):([a-z_,]+)$/.exec(scope) ?? [];
    if (name === "") {
        throw new RegistryError(400, "UNSUPPORTED", `the sandbox's registries know no scope "${scope}"`);
    }
    return { type: "repository", name, actions: actions.split(",") };
}

/** The password of a login whose user is the null GUID: a refresh token. There are no other users. */
function passwordOf({ headers }: HttpRequest): string {
    const basic = /^Basic (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
    const [user, ...password] = Buffer.from(basic, "base64").toString("utf8").split(":");
    return user === "00000000-0000-0000-0000-000000000000" ? password.join(":") : "";
}

/**
 * Azure's answer to a request without a token, with a wrong one, or of an identity without a role. It does not say
 * which.
 */
export function unauthorized(challenge?: string): RegistryError {
    const help = "visit https://aka.ms/acr/authorization for more information";
    const message = `authentication required, ${help}. CorrelationId: ${randomUUID()}`;
    return new RegistryError(401, "UNAUTHORIZED", message, challenge);
}
