/**
 * The OIDC tokens of GitHub Actions, with which a job of a workflow logs in elsewhere. Stands in for the issuer
 * token.actions.githubusercontent.com and for the service that gives a job its token. No workflow runs: the sandbox
 * acts as if a job of a repository ran in an environment. Not modelled: customised subjects, and claims beyond the
 * subject's.
 *
 * https://docs.github.com/actions/reference/security/oidc
 */
import { randomBytes, randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import type { HttpRequest, HttpResponse, Route } from "../network/route";

const issuer = "https://token.actions.githubusercontent.com";
const service = "pipelines.actions.githubusercontent.com";

export interface Job {
    /** `owner/name`. */
    readonly repository: string;
    /** The GitHub environment that the job runs in. */
    readonly environment: string;
}

/** The variables that a job with `permissions: id-token: write` finds. Secret. */
export interface JobEnvironment {
    readonly ACTIONS_ID_TOKEN_REQUEST_URL: string;
    readonly ACTIONS_ID_TOKEN_REQUEST_TOKEN: string;
}

export interface ActionsTokens {
    readonly routes: readonly Route[];
    /** Starts a job that runs until the sandbox ends. */
    startJob(job: Job): JobEnvironment;
    /** The issuer's public keys; undefined for another issuer. */
    keysOf(asked: string): Promise<object | undefined>;
}

interface Keys {
    readonly privateKey: CryptoKey;
    readonly jwk: JWK;
}

export function createActionsTokens(): ActionsTokens {
    const jobs = new Map<string, Job>();
    let made: Promise<Keys> | undefined;
    const keys = () => (made ??= makeKeys());
    return {
        routes: [
            { host: new URL(issuer).hostname, handle: ({ url }) => discovery(url, keys) },
            { host: service, handle: (request) => requestToken(jobs, keys, request) },
        ],
        startJob: (job) => {
            const token = randomBytes(32).toString("base64url");
            jobs.set(token, job);
            return {
                ACTIONS_ID_TOKEN_REQUEST_URL: `https://${service}/${randomUUID()}/idtoken?api-version=2.0`,
                ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
            };
        },
        keysOf: async (asked) => (asked === issuer ? { keys: [(await keys()).jwk] } : undefined),
    };
}

async function discovery({ pathname }: URL, keys: () => Promise<Keys>): Promise<HttpResponse> {
    if (pathname === "/.well-known/jwks") {
        return { status: 200, body: { keys: [(await keys()).jwk] } };
    }
    if (pathname === "/.well-known/openid-configuration") {
        return {
            status: 200,
            body: {
                issuer,
                jwks_uri: `${issuer}/.well-known/jwks`,
                response_types_supported: ["id_token"],
                subject_types_supported: ["public", "pairwise"],
                id_token_signing_alg_values_supported: ["RS256"],
            },
        };
    }
    return { status: 404, body: { message: `Nothing is at ${pathname}.` } };
}

async function requestToken(
    jobs: ReadonlyMap<string, Job>,
    keys: () => Promise<Keys>,
    { headers, url }: HttpRequest,
): Promise<HttpResponse> {
    const job = jobs.get(/^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "");
    if (!job) {
        return { status: 401, body: { message: "This is not the token of a job with permission id-token: write." } };
    }
    const { repository, environment } = job;
    const [owner = ""] = repository.split("/");
    const { privateKey, jwk } = await keys();
    const value = await new SignJWT({ repository, environment, repository_owner: owner })
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: jwk.kid ?? "" })
        .setIssuer(issuer)
        .setSubject(`repo:${repository}:environment:${environment}`)
        .setAudience(url.searchParams.get("audience") ?? `https://github.com/${owner}`)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(privateKey);
    return { status: 200, body: { count: value.length, value } };
}

async function makeKeys(): Promise<Keys> {
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), use: "sig", alg: "RS256", kid: randomUUID() } };
}
