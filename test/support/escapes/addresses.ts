import { type Attempt, attempt, denied } from "./attempt";

const flux = "source.toolkit.fluxcd.io/v1";
const foreign = (address: string) =>
    denied(
        `a tenant's source or Provider may not be at ${address.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}, but below: `,
    );
const ownRepository = "https://github.com/landfall-example/team-example";

/** Addresses that a repository of the team may not have, and what each would give. */
const repositories: readonly (readonly [title: string, url: string])[] = [
    ["a service of the cluster", "http://kube-prometheus-stack-grafana.monitoring.svc/any"],
    ["a service of the cluster by TLS", "https://vault.vault.svc.cluster.local/any"],
    ["Azure's metadata service", "http://169.254.169.254/metadata/identity"],
    ["an address of the virtual network", "https://10.10.0.4/any"],
    ["an address in other spelling", "https://0x0a0a0004/any"],
    ["the pod itself", "https://localhost:8443/any"],
    ["another's repository", "https://github.com/somebody/else"],
    ["a repository whose name begins as its own", `${ownRepository}-of-others`],
    ["a path that leads out of its own", `${ownRepository}/../fleet`],
    ["its own name for a user", "https://github.com@example.org/landfall-example/team-example"],
    ["its own address as a query", `https://example.org/?${ownRepository}`],
    ["its own repository, followed by what a server may read differently", `${ownRepository}/%2e%2e/fleet`],
    ["another protocol", "ssh://git@github.com/landfall-example/team-example"],
];

const source = (title: string, kind: string, spec: Readonly<Record<string, unknown>>, message: RegExp) =>
    attempt(title, flux, kind, { spec: { interval: "10m", ...spec } }, message);

const git = (title: string, spec: Readonly<Record<string, unknown>>, message: RegExp) =>
    source(title, "GitRepository", { url: ownRepository, ref: { branch: "main" }, ...spec }, message);

const provider = (title: string, spec: Readonly<Record<string, unknown>>, message: RegExp) =>
    attempt(title, "notification.toolkit.fluxcd.io/v1beta3", "Provider", { spec }, message);

const azureLogin = denied("a tenant's source may not log in with the platform's own Azure identity");
const wrongType = denied("a tenant's Provider may not report to the platform's Alertmanager");
const ownProxy = denied("a tenant's source or Provider may not go through a proxy of its own");
const allowed = "https://events.example.org/hook";

/** Where Flux's controllers would fetch from or report to, which is more than a team reaches. */
export const addresses: readonly Attempt[] = [
    ...repositories.map(([title, url]) => git(`a repository at ${title}`, { url }, foreign(url))),
    ...["oci://ghcr.io/somebody/chart", "oci://10.10.0.4/chart", "oci://registry.default.svc:5000/chart"].map((url) =>
        source(`a chart at ${url}`, "OCIRepository", { url }, foreign(url)),
    ),
    ...["http://chartmuseum.default.svc:8080", "https://charts.example.org", "oci://docker.io/somebody"].map((url) =>
        source(`a repository of charts at ${url}`, "HelmRepository", { url }, foreign(url)),
    ),
    ...["azure", "aws", "gcp"].map((cloud) =>
        source(
            `a source that logs in to ${cloud}, which would be as the platform's source-controller`,
            "OCIRepository",
            { url: "oci://landfall.azurecr.io/charts/any", provider: cloud },
            azureLogin,
        ),
    ),
    git("a repository by Azure DevOps' login", { provider: "azure" }, azureLogin),
    git("a repository through a proxy of its own", { proxySecretRef: { name: "proxy" } }, ownProxy),
    git(
        "repositories that a file of its own names",
        { recurseSubmodules: true },
        denied("a tenant's source may not fetch what .gitmodules names"),
    ),
    source(
        "a registry without TLS",
        "OCIRepository",
        { url: "oci://ghcr.io/traefik/helm/traefik", insecure: true },
        denied("a tenant's source may not do without TLS"),
    ),
    ...[
        "http://kube-prometheus-stack-alertmanager.monitoring:9093",
        "http://169.254.169.254/",
        "https://example.net/",
    ].map((address) => provider(`messages to ${address}`, { type: "generic", address }, foreign(address))),
    provider("messages to the platform's Alertmanager", { type: "alertmanager", address: allowed }, wrongType),
    ...["azureeventhub", "googlepubsub", "nats", "otel"].map((type) =>
        provider(`messages by ${type}`, { type, address: allowed, channel: "any" }, wrongType),
    ),
    provider(
        "messages through a proxy",
        { type: "generic", address: allowed, proxy: "http://grafana.monitoring:80" },
        ownProxy,
    ),
    provider(
        "messages through a proxy that a Secret names",
        { type: "generic", address: allowed, proxySecretRef: { name: "proxy" } },
        ownProxy,
    ),
    ...["address", "proxy", "githubAppBaseURL"].map((key) =>
        attempt(
            `a Secret whose ${key} takes the place of what the object says`,
            "v1",
            "Secret",
            { stringData: { [key]: "http://grafana.monitoring" } },
            denied("a tenant's Secret has no key address, proxy or githubAppBaseURL"),
        ),
    ),
];
