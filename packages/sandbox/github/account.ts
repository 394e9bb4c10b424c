import type { HttpResponse } from "../network/route";
import { notFound, ok } from "./answers";
import type { HostKey } from "./host-keys";
import type { Endpoint, RepositoryCall } from "./router";

function meta(keys: readonly HostKey[]): HttpResponse {
    return ok({
        verifiable_password_authentication: false,
        ssh_key_fingerprints: Object.fromEntries(keys.map((key) => [`SHA256_${key.kind}`, key.fingerprint])),
        ssh_keys: keys.map((key) => key.publicKey),
    });
}

function organization({ context, params }: RepositoryCall): HttpResponse {
    if (params.org!.toLowerCase() !== context.owner.toLowerCase()) {
        throw notFound();
    }
    const plan = { name: "team", seats: 10, filled_seats: 1, private_repos: 999_999 };
    return ok({
        login: context.owner,
        id: 2,
        type: "Organization",
        plan,
        web_commit_signoff_required: false,
        deploy_keys_enabled_for_repositories: true,
    });
}

/** Answers for organisations too. */
function account({ context, params }: RepositoryCall): HttpResponse {
    if (params.name!.toLowerCase() !== context.owner.toLowerCase()) {
        throw notFound();
    }
    return ok({ login: context.owner, id: 2, type: "Organization" });
}

/** The sandbox has no limit: nothing is ever used up. */
function rateLimit(): HttpResponse {
    const core = { limit: 5000, used: 0, remaining: 5000, reset: Math.floor(Date.now() / 1000) + 3600 };
    return ok({ resources: { core }, rate: core });
}

const user = (): HttpResponse => ok({ login: "sandbox-bot", id: 1, type: "User", email: null });

const limitDocs = "rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user";

/** The owner of the token, the organisation, and what GitHub says about itself. */
export function accountEndpoints(keys: readonly HostKey[]): readonly Endpoint[] {
    return [
        {
            method: "GET",
            path: "/meta",
            docs: "meta/meta#get-apiname-meta-information",
            open: true,
            handle: () => meta(keys),
        },
        { method: "GET", path: "/user", docs: "users/users#get-the-authenticated-user", handle: user },
        { method: "GET", path: "/users/:name", docs: "users/users#get-a-user", handle: account },
        { method: "GET", path: "/orgs/:org", docs: "orgs/orgs#get-an-organization", handle: organization },
        { method: "GET", path: "/rate_limit", docs: limitDocs, handle: rateLimit },
    ];
}
