import type { Fault } from "@landfall/sandbox";

/** Something that the program or the cluster needs, and that is out of order for a while. */
export interface Service {
    /** For the command line. */
    readonly name: string;
    readonly title: string;
    /** A pattern for its host names. */
    readonly host: string;
    /** What a message has to say to name it. */
    readonly named: RegExp;
    /** Whether the proxy ends its TLS, so that it can answer something else. */
    readonly answers: boolean;
}

export const services: readonly Service[] = [
    {
        name: "resource-manager",
        title: "Azure Resource Manager",
        host: "management\\.azure\\.com",
        // The last is how its refusals are shown by the provider.
        named: /management\.azure\.com|Azure did not say|\bCode="/,
        answers: true,
    },
    {
        name: "entra",
        title: "Entra ID",
        host: "login\\.microsoftonline\\.com",
        named: /login\.microsoftonline\.com/,
        answers: true,
    },
    {
        name: "github-api",
        title: "GitHub's API",
        host: "api\\.github\\.com",
        named: /api\.github\.com|GitHub/,
        answers: true,
    },
    { name: "git", title: "Git over ssh", host: "github\\.com", named: /github\.com/, answers: false },
    {
        name: "api-server",
        title: "the cluster's API server",
        host: ".+\\.azmk8s\\.io",
        named: /azmk8s\.io|API server/,
        answers: false,
    },
    {
        name: "key-vault",
        title: "Key Vault",
        host: ".+\\.vault\\.azure\\.net",
        named: /vault\.azure\.net|Key Vault/,
        answers: true,
    },
    {
        name: "storage",
        title: "the backup storage",
        host: ".+\\.blob\\.core\\.windows\\.net",
        named: /blob\.core\.windows\.net/,
        answers: true,
    },
    { name: "charts", title: "the registry of charts", host: "ghcr\\.io", named: /ghcr\.io/, answers: true },
];

/** What a service does meanwhile. */
export const effects = {
    refuses: { kind: "refused" },
    hangs: { kind: "silent" },
    "answers 429": { kind: "status", status: 429, retryAfterSeconds: 5 },
    "answers 500": { kind: "status", status: 500 },
    "is slow": { kind: "slow", seconds: 3 },
} as const satisfies Readonly<Record<string, Fault["effect"]>>;

type Effect = keyof typeof effects;

/** A service, and what it does for a while. */
export interface Outage {
    readonly service: Service;
    readonly effect: Effect;
}

/** Every service with everything that can happen to it. */
export const outages: readonly Outage[] = services.flatMap((service) =>
    (Object.keys(effects) as Effect[])
        .filter((effect) => service.answers || effects[effect].kind !== "status")
        .map((effect) => ({ service, effect })),
);

export function titleOf({ service, effect }: Outage): string {
    return `${service.title} ${effect}`;
}
