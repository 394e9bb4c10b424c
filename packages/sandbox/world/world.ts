import { randomBytes, randomUUID } from "node:crypto";
import * as path from "node:path";
import { imagesFolder, readImages } from "@landfall/facts";
import { SandboxClock } from "../azure/arm/clock";
import { minimalRoles, readDeployerRole } from "../azure/arm/deployer-roles";
import { type Azure, createAzure } from "../azure/azure";
import { demonstrationTenant } from "../azure/entra/tenant";
import { chartsToServe, publicRoutes, readArchives } from "../charts/charts";
import { pulumiHome } from "../engine/engine";
import { readStack } from "../engine/stack-file";
import { createActionsTokens, type Job, type JobEnvironment } from "../github/actions-tokens";
import type { App } from "../github/apps";
import { createGitHub, type GitHub } from "../github/github";
import { publishedDefinitions } from "../github/published-definitions";
import { loadOrCreateAuthority } from "../network/authority";
import { Faults } from "../network/faults";
import { UnknownHosts } from "../network/host-table";
import { startProxy } from "../network/proxy";
import type { Route } from "../network/route";
import { writeEngineHome } from "../plugins/engine-home";
import { userPulumiHome } from "../plugins/pulumi-home";
import { SandboxError } from "../sandbox-error";
import { loadOrCreateTrustRoot, type TrustRoot } from "../signatures/trust-root";
import { trustEnvironment, updateRoute } from "../signatures/update-repository";
import { createSlack, type Slack } from "../slack/slack";
import { Clusters } from "./clusters";
import { type Workspace, type WorldStatus, writeSession } from "./session";

export interface WorldOptions extends Workspace {
    readonly binaries: string;
    readonly fluxDistribution: string;
    readonly fluxOperatorSource: string;
    /** Port of the deployer's proxy; 0 for a free one. */
    readonly port: number;
    /** Published charts in the place of their stand-ins, if any: a file with a list of `ArchiveFile`. */
    readonly archives: string | undefined;
}

/** Everything outside of the program: Azure, Entra, GitHub, chart registries, and the clusters that Azure runs. */
export interface World {
    status(): WorldStatus;
    /** How many times as fast as Azure the stand-in is; undefined: nothing takes it any time. */
    setAzureSpeed(speed: number | undefined): void;
    /** Gives the deployer these roles on the subscription and takes away its others there. */
    setDeployerRoles(names: readonly string[]): void;
    /** Installs GitHub Apps in the organisation, in the place of those that are. */
    installGitHubApps(apps: readonly App[]): void;
    /** Starts a job of GitHub Actions, and gives the variables that it finds in its environment. */
    startJob(job: Job): JobEnvironment;
    /** What is wrong with its hosts: nothing, unless a test sets it. */
    readonly faults: Faults;
    /** Tells the commands that the world has started. */
    announce(): void;
    stop(): Promise<void>;
}

/** Starts the world of a sandbox, with credentials of its own. */
export async function startWorld(options: WorldOptions): Promise<World> {
    const { repository, directory, binaries, fluxDistribution, port } = options;
    const credentials = createCredentials(repository);
    const authority = await loadOrCreateAuthority(directory);
    const sigstore = path.join(directory, "sigstore");
    const trustRoot = await loadOrCreateTrustRoot(sigstore);
    const routes: Route[] = [];
    const report = (message: string) => console.error(`${new Date().toISOString()} ${message}`);
    const unknownHosts = new UnknownHosts();
    const clusters = new Clusters({
        ...{ binaries, fluxDistribution, authority, report, unknownHosts },
        directory: path.join(directory, "clusters"),
        trust: await trustEnvironment(trustRoot, sigstore),
        tenantId: credentials.tenantId,
        routes: () => routes,
        authorize: (id, review) => azure.authorize(id, review),
    });
    const actions = createActionsTokens();
    const clock = new SandboxClock();
    const azure = createAzure({ ...credentials, clusters, clock, issuerKeys: (issuer) => actions.keysOf(issuer) });
    const repositories = path.join(directory, "github");
    const github = await createGitHub({
        directory: repositories,
        owner: owner(repository),
        token: credentials.githubToken,
        limitedTokens: [{ token: credentials.readingToken, permissions: readingPermissions }],
        published: await publishedDefinitions(),
    });
    const slack = createSlack();
    const faults = new Faults();
    const { publisherToken } = credentials;
    const registries = await registriesOf(options, publisherToken, trustRoot);
    const services = [azure, github, actions, slack].flatMap((service) => service.routes);
    const outside = [...services, ...registries, clusters.route()];
    routes.push(...outside.map((route) => faults.before(route)));
    const proxy = await startProxy({ routes, authority, port, report, unknownHosts }).catch(
        (error: NodeJS.ErrnoException) => {
            throw error.code === "EADDRINUSE" ? new SandboxError(portTaken(port)) : error;
        },
    );
    await writeEngineHome({
        directory: pulumiHome(directory),
        pulumi: path.join(binaries, "pulumi"),
        userHome: userPulumiHome(process.env),
    });
    const environment = deployerEnvironment(credentials, proxy, authority.certificateFile);
    return {
        status: () => statusOf(azure, github, clusters, slack, unknownHosts),
        setAzureSpeed: (speed) => clock.setSpeed(speed),
        setDeployerRoles: (names) => azure.setDeployerRoles(names),
        installGitHubApps: (apps) => github.installApps(apps),
        startJob: (job) => actions.startJob(job),
        faults,
        announce: () =>
            writeSession(directory, {
                pid: process.pid,
                environment,
                previewerEnvironment: previewerEnvironment(credentials),
                publisherToken,
                binaries,
                fleetRepositories: path.join(repositories, "repositories"),
                charts: options.archives === undefined ? "stand-ins" : "published",
            }),
        stop: async () => {
            await clusters.stopAll();
            await Promise.all([github.close(), proxy.close()]);
        },
    };
}

/** The registries of others, and what says whose signatures count there. */
async function registriesOf(options: WorldOptions, publisherToken: string, trustRoot: TrustRoot): Promise<Route[]> {
    const archives = options.archives === undefined ? [] : await readArchives(options.archives);
    const charts = await chartsToServe(archives, options.fluxOperatorSource);
    const images = await readImages(imagesFolder);
    return [...(await publicRoutes(charts, { images, publisherToken, trustRoot })), updateRoute(trustRoot)];
}

function statusOf(
    azure: Azure,
    github: GitHub,
    clusters: Clusters,
    slack: Slack,
    unknownHosts: UnknownHosts,
): WorldStatus {
    return {
        calls: { azure: azure.calls(), github: github.calls() },
        clusters: clusters.list(),
        azureOperations: azure
            .operations()
            .map(({ resourceId, kind, plan: { seconds } }) => ({ resourceId, kind, seconds })),
        azureResources: azure.resources().map(({ type }) => String(type)),
        azureIds: azure.resources().map(({ id }) => String(id)),
        messages: slack.messages(),
        unknownHosts: [...new Set(unknownHosts.list().map(({ host }) => host))],
    };
}

function portTaken(port: number): string {
    return `--port ${port}: another program listens on 127.0.0.1:${port}; choose another port, or leave it out for a free one`;
}

function createCredentials(repository: string) {
    const customRole = readDeployerRole(repository);
    return {
        tenantId: demonstrationTenant,
        subscriptionId: randomUUID(),
        deployer: {
            ...createLogin(),
            roles: minimalRoles(customRole),
            customRole,
        },
        previewer: createLogin(),
        githubToken: createToken(),
        readingToken: createToken(),
        publisherToken: randomBytes(24).toString("hex"),
    };
}

function createLogin() {
    return {
        clientId: randomUUID(),
        clientSecret: randomBytes(24).toString("base64url"),
        objectId: randomUUID(),
    };
}

function createToken(): string {
    return `github_pat_${randomBytes(24).toString("hex")}`;
}

/** What a preview asks of the fleet repository, as docs/permissions.md says. */
export const readingPermissions = { administration: "read", contents: "read" } as const;

/** Environment of the deployer: the login as the providers document it, and the proxies, which are the only way out. */
function deployerEnvironment(
    credentials: ReturnType<typeof createCredentials>,
    proxy: { readonly url: string; readonly socksUrl: string },
    certificateFile: string,
): Record<string, string> {
    const { deployer, tenantId, subscriptionId, githubToken } = credentials;
    return {
        ARM_CLIENT_ID: deployer.clientId,
        ARM_CLIENT_SECRET: deployer.clientSecret,
        ARM_TENANT_ID: tenantId,
        ARM_SUBSCRIPTION_ID: subscriptionId,
        GITHUB_TOKEN: githubToken,
        HTTP_PROXY: proxy.url,
        HTTPS_PROXY: proxy.url,
        ALL_PROXY: proxy.socksUrl,
        NO_PROXY: "127.0.0.0/8,localhost",
        SSL_CERT_FILE: certificateFile,
        NODE_EXTRA_CA_CERTS: certificateFile,
        NODE_OPTIONS: `--require=${path.join(__dirname, "../network/env-proxy.cjs")}`,
    };
}

function previewerEnvironment({ previewer, readingToken }: ReturnType<typeof createCredentials>) {
    const { clientId, clientSecret } = previewer;
    return { ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: clientSecret, GITHUB_TOKEN: readingToken };
}

/** The organisation is the one that the committed stack files name. */
function owner(repository: string): string {
    const { config } = readStack(repository, "staging");
    return (config?.["github:owner"] as string | undefined) ?? "landfall-example";
}
