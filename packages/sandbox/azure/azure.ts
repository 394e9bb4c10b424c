/**
 * Stands in for one Azure subscription and its Entra tenant, at Azure's own host names. What each part does not prove
 * is said in `arm.ts`, `entra.ts` and the files of the data planes (`*-data.ts`).
 */
import type { AccessReview } from "../cluster/access";
import { answerRefusals } from "../network/refusal";
import type { HttpRequest, HttpResponse, Route } from "../network/route";
import { dataActionOf } from "./aks/cluster-access";
import type { ClusterHost } from "./aks/clusters";
import type { RunningClusters } from "./aks/managed-cluster";
import { isAllowed } from "./arm/access";
import { handleArm } from "./arm/arm";
import type { Clock } from "./arm/clock";
import { type CustomRole, setSubscriptionRoles } from "./arm/deployer-roles";
import type { Operation } from "./arm/operations";
import { show } from "./arm/read-resource";
import type { Service } from "./arm/service";
import { blobRoute } from "./blob/blob-data";
import { createEntra } from "./entra/entra";
import type { IssuerKeys } from "./entra/federated-login";
import { instanceMetadataRoute } from "./instance-metadata";
import { keyVaultRoute } from "./key-vault/key-vault-data";
import { containerRegistryRoute } from "./registry/container-registry-data";
import { resourceProviders } from "./resource-providers";
import { AzureState } from "./state";
import { type SubscriptionTraits, usualTraits } from "./subscription/traits";

interface Login {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly objectId: string;
}

export interface AzureOptions {
    readonly tenantId: string;
    readonly subscriptionId: string;
    /** The application that `pulumi up` runs as. */
    readonly deployer: Login & {
        /** Names of roles that it has on the subscription; by default Owner, which gives no data actions. */
        readonly roles?: readonly string[];
        /** A role beyond the built-in ones that it can be given. */
        readonly customRole?: CustomRole;
    };
    /** An application that looks at what `pulumi up` would do, with the role Reader. @default - there is none */
    readonly previewer?: Login;
    readonly clusters: ClusterHost;
    /** @default - all services are registered, 350 vCPUs a region, no policies */
    readonly traits?: Partial<SubscriptionTraits>;
    /** The keys of the issuers outside of Azure that federated credentials may trust. @default - there are none */
    readonly issuerKeys?: IssuerKeys;
    /** How time passes. @default - nothing takes any time */
    readonly clock?: Clock;
    /** Add-ons of clusters that a policy of the subscription switches on, e.g. `azurepolicy`. @default - none */
    readonly addonsByPolicy?: readonly string[];
}

export interface Azure {
    readonly routes: Route[];
    /** Answers an API server's authorization webhook as Azure RBAC for Kubernetes does. False is "no opinion". */
    authorize(clusterId: string, review: AccessReview): Promise<boolean>;
    /**
     * Gives the deployer these roles on the subscription instead of those that it has there.
     * @throws SandboxError naming a role that the sandbox does not know.
     */
    setDeployerRoles(names: readonly string[]): void;
    /** Requests to Azure Resource Manager so far. */
    calls(): number;
    /** What exists, as a GET shows it. */
    resources(): Record<string, unknown>[];
    /** What Azure did so far, in order of its start. */
    operations(): Operation[];
}

export function createAzure(options: AzureOptions): Azure {
    const traits = { ...usualTraits(), ...options.traits };
    const state = new AzureState(options.tenantId, options.subscriptionId, traits, options.clock);
    options.addonsByPolicy?.forEach((name) => state.addonsByPolicy.add(name));
    const running: RunningClusters = new Map();
    const service: Service = { state, clusters: options.clusters, resourceProviders: resourceProviders(running) };
    const { deployer, previewer } = options;
    addApplication(state, deployer);
    setSubscriptionRoles(state, deployer, deployer.roles ?? ["Owner"]);
    if (previewer) {
        addApplication(state, previewer);
        setSubscriptionRoles(state, previewer, ["Reader"]);
    }
    const keysOf: IssuerKeys = async (issuer) =>
        (await issuerKeys(state, running, issuer)) ?? options.issuerKeys?.(issuer);
    const entra = createEntra(state, keysOf);
    const arm = { service, running, entra };
    const denials = new Map<string, number>();
    let calls = 0;
    const management: Route = {
        host: "management.azure.com",
        handle: answerRefusals((request) => {
            calls += 1;
            return handleArm(arm, request);
        }),
    };
    return {
        routes: [
            management,
            ...entra.routes,
            keyVaultRoute(state, entra),
            containerRegistryRoute(state, entra),
            blobRoute(state, entra),
            instanceMetadataRoute,
            {
                host: /[a-z0-9-]+\.oic\.prod-aks\.azure\.com/,
                handle: (request) => clusterDiscovery(state, running, request),
            },
        ],
        authorize: (clusterId, review) => Promise.resolve(mayAccess(state, denials, clusterId, review)),
        setDeployerRoles: (names) => setSubscriptionRoles(state, deployer, names),
        calls: () => calls,
        resources: () => state.resources().map((resource) => show(service, resource)),
        operations: () => state.operations.list(),
    };
}

function addApplication(state: AzureState, { clientId, clientSecret, objectId }: Login): void {
    state.principals.set(objectId, {
        objectId,
        clientId: clientId.toLowerCase(),
        clientSecret,
        kind: "ServicePrincipal",
    });
}

/** How long the authorizer of a cluster keeps a denial: whoever asks too early is refused for that much longer. */
const denialSeconds = 300;

function mayAccess(state: AzureState, denials: Map<string, number>, clusterId: string, review: AccessReview): boolean {
    const cluster = state.get(clusterId);
    const { enableAzureRBAC } = (cluster?.inputs.aadProfile ?? {}) as { enableAzureRBAC?: boolean };
    if (!cluster || !enableAzureRBAC || !state.principals.has(review.user)) {
        return false;
    }
    const scope = review.namespace ? `${clusterId}/namespaces/${review.namespace}` : clusterId;
    const action = dataActionOf(review);
    const { clock } = state;
    const question = `${review.user} ${action} ${scope.toLowerCase()}`;
    if (clock.seconds() < (denials.get(question) ?? -Infinity)) {
        return false;
    }
    const allowed = isAllowed(state, review.user, action, scope, "dataActions");
    if (!allowed && clock.milliseconds(1) > 0) {
        denials.set(question, clock.seconds() + denialSeconds);
    }
    return allowed;
}

async function issuerKeys(state: AzureState, running: RunningClusters, issuer: string): Promise<object | undefined> {
    const cluster = state
        .ofType("containerservice:ManagedCluster")
        .find(({ properties }) => (properties.oidcIssuerProfile as { issuerURL?: string }).issuerURL === issuer);
    return cluster && running.get(cluster.address.id.toLowerCase())?.jwks();
}

/** The public discovery documents of a cluster's service account issuer. */
async function clusterDiscovery(
    state: AzureState,
    running: RunningClusters,
    { url }: HttpRequest,
): Promise<HttpResponse> {
    const document = /^(\/.*\/)(\.well-known\/openid-configuration|openid\/v1\/jwks)$/.exec(url.pathname);
    const issuer = `https://${url.hostname}${document?.[1] ?? ""}`;
    const keys = await issuerKeys(state, running, issuer);
    if (!keys) {
        return { status: 404, body: { error: `No cluster has the issuer ${issuer}.` } };
    }
    if (document?.[2] === "openid/v1/jwks") {
        return { status: 200, body: keys };
    }
    return {
        status: 200,
        body: {
            issuer,
            jwks_uri: `${issuer}openid/v1/jwks`,
            response_types_supported: ["id_token"],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["RS256"],
        },
    };
}
