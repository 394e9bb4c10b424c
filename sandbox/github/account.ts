import { notFound, ok } from "./answers";
import { HostKey } from "./host-keys";
import { Endpoint } from "./router";

/** Who the token is, the organisation, and what GitHub tells about itself. */
export function accountEndpoints(keys: readonly HostKey[]): readonly Endpoint[] {
    const fingerprints = Object.fromEntries(keys.map((key) => [`SHA256_${key.kind}`, key.fingerprint]));
    return [
        {
            method: "GET",
            path: "/meta",
            docs: "meta/meta#get-apiname-meta-information",
            open: true,
            handle: () =>
                ok({
                    verifiable_password_authentication: false,
                    ssh_key_fingerprints: fingerprints,
                    ssh_keys: keys.map((key) => key.publicKey),
                }),
        },
        {
            method: "GET",
            path: "/user",
            docs: "users/users#get-the-authenticated-user",
            handle: () => ok({ login: "sandbox-bot", id: 1, type: "User", email: null }),
        },
        {
            // Answers for organisations too.
            method: "GET",
            path: "/users/{name}",
            docs: "users/users#get-a-user",
            handle: ({ context, params }) => {
                if (params.name!.toLowerCase() !== context.owner.toLowerCase()) throw notFound();
                return ok({ login: context.owner, id: 2, type: "Organization" });
            },
        },
        {
            method: "GET",
            path: "/orgs/{org}",
            docs: "orgs/orgs#get-an-organization",
            handle: ({ context, params }) => {
                if (params.org!.toLowerCase() !== context.owner.toLowerCase()) throw notFound();
                const plan = { name: "team", seats: 10, filled_seats: 1, private_repos: 999_999 };
                return ok({
                    login: context.owner,
                    id: 2,
                    type: "Organization",
                    plan,
                    web_commit_signoff_required: false,
                });
            },
        },
        {
            method: "GET",
            path: "/rate_limit",
            docs: "rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user",
            handle: () => {
                // The sandbox does not limit: it says so by never using any up.
                const core = { limit: 5000, used: 0, remaining: 5000, reset: Math.floor(Date.now() / 1000) + 3600 };
                return ok({ resources: { core }, rate: core });
            },
        },
    ];
}
