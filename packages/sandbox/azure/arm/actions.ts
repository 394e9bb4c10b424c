import type { HttpResponse } from "../../network/route";
import type { Properties } from "../../plugins/provider";
import type { ClusterInputs } from "../aks/cluster-inputs";
import { userKubeconfig } from "../aks/kubeconfig";
import type { RunningClusters } from "../aks/managed-cluster";
import { purgePlan, purgeVault } from "../key-vault/key-vault";
import type { AzureState, Resource } from "../state";
import { checkPolicyRestrictions } from "../subscription/policies";
import { register } from "../subscription/registrations";
import { authorize, type Caller } from "./access";
import { ArmError } from "./arm-error";
import { isNameHeld } from "./global-names";
import { operationHeaders } from "./operation-answers";
import { parseResourceId } from "./resource-id";
import type { Service } from "./service";

export interface ActionContext {
    readonly service: Service;
    readonly running: RunningClusters;
    readonly caller: Caller;
    readonly apiVersion: string;
}

const checkedNames: Readonly<
    Record<string, { token: string; pattern: RegExp; reason: string; taken: (name: string) => string }>
> = {
    "microsoft.containerregistry": {
        token: "containerregistry:Registry",
        pattern: /^[a-zA-Z0-9]{5,50}$/,
        reason: "AlreadyExists",
        taken: (name) => `The registry ${name} is already in use.`,
    },
    "microsoft.keyvault": {
        token: "keyvault:Vault",
        pattern: /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/,
        reason: "AlreadyExists",
        taken: (name) => `The name '${name}' is already in use.`,
    },
    "microsoft.storage": {
        token: "storage:StorageAccount",
        pattern: /^[a-z0-9]{3,24}$/,
        reason: "AlreadyExists",
        taken: (name) => `The storage account named ${name} is already taken.`,
    },
};

/**
 * Answers a POST.
 * @throws an ArmError when the path has no such action.
 */
export function runAction(context: ActionContext, path: string, body: Properties): HttpResponse {
    const { state } = context.service;
    const names = /^\/subscriptions\/[^/]+\/providers\/([^/]+)\/checkNameAvailability$/i.exec(path)?.[1];
    if (names !== undefined) {
        const scope = `/subscriptions/${state.subscriptionId}`;
        authorize(state, context.caller, `${names}/checkNameAvailability/read`, scope);
        const name = typeof body.name === "string" ? body.name : "";
        return { status: 200, body: checkName(state, names.toLowerCase(), name) };
    }
    const registered = register(state, context.caller, path);
    if (registered !== undefined) {
        return { status: 200, body: registered };
    }
    if (/^\/subscriptions\/[^/]+\/providers\/Microsoft\.PolicyInsights\/checkPolicyRestrictions$/i.test(path)) {
        const scope = `/subscriptions/${state.subscriptionId}`;
        authorize(state, context.caller, "Microsoft.PolicyInsights/checkPolicyRestrictions/read", scope);
        return { status: 200, body: checkPolicyRestrictions(state, body) };
    }
    const [, region = "", purge] =
        /\/providers\/Microsoft\.KeyVault\/locations\/([^/]+)\/deletedVaults\/([^/]+)\/purge$/i.exec(path) ?? [];
    if (purge !== undefined) {
        authorize(
            state,
            context.caller,
            "Microsoft.KeyVault/locations/deletedVaults/purge/action",
            `/subscriptions/${state.subscriptionId}`,
        );
        purgeVault(state, purge);
        const { apiVersion } = context;
        const target = {
            resourceId: path,
            kind: "action",
            namespace: "Microsoft.KeyVault",
            region,
            apiVersion,
        } as const;
        const operation = state.operations.start(target, purgePlan, () => Promise.resolve());
        return { status: 202, headers: operationHeaders(state, operation) };
    }
    const credential = /^(.+)\/(listCluster(?:User|Admin)Credential)$/i.exec(path);
    if (credential?.[1] !== undefined && credential[2] !== undefined) {
        return { status: 200, body: clusterCredential(context, credential[1], credential[2]) };
    }
    throw new ArmError(404, "ResourceNotFound", `There is no action at '${path}'.`);
}

function checkName(state: AzureState, namespace: string, name: string): Properties {
    const rule = checkedNames[namespace];
    if (!rule) {
        throw new ArmError(404, "InvalidResourceType", `'${namespace}' does not check names.`);
    }
    if (!rule.pattern.test(name)) {
        return {
            nameAvailable: false,
            reason: "AccountNameInvalid",
            message: `The name '${name}' does not match ${rule.pattern.source}.`,
        };
    }
    if (
        isNameHeld(state, rule.token, name) ||
        (rule.token === "keyvault:Vault" && state.deletedVaults.has(name.toLowerCase()))
    ) {
        return { nameAvailable: false, reason: rule.reason, message: rule.taken(name) };
    }
    return { nameAvailable: true };
}

function clusterCredential({ service, running, caller }: ActionContext, id: string, action: string): Properties {
    const { state } = service;
    authorize(state, caller, `Microsoft.ContainerService/managedClusters/${action}/action`, id);
    const cluster = parseResourceId(id)?.type.token === "containerservice:ManagedCluster" ? state.get(id) : undefined;
    if (!cluster) {
        throw new ArmError(404, "ResourceNotFound", `The Resource '${id}' was not found.`);
    }
    checkCredentialKind(cluster, action);
    const control = running.get(cluster.address.id.toLowerCase());
    if (!control) {
        throw new ArmError(409, "OperationNotAllowed", `The cluster '${cluster.address.name}' is still being created.`);
    }
    const kubeconfig = userKubeconfig({
        clusterName: cluster.address.name,
        resourceGroupName: cluster.address.parameters.resourceGroupName ?? "",
        fqdn: String(cluster.properties.fqdn),
        caPem: control.caPem,
        tenantId: state.tenantId,
    });
    return { kubeconfigs: [{ name: "clusterUser", value: Buffer.from(kubeconfig).toString("base64") }] };
}

/** Only users of Entra have credentials here: a cluster's local accounts are not stood in for. */
function checkCredentialKind({ inputs }: Resource, action: string): void {
    const { aadProfile, disableLocalAccounts } = inputs as unknown as ClusterInputs;
    if (!/admin/i.test(action) && aadProfile?.managed) {
        return;
    }
    if (disableLocalAccounts) {
        throw new ArmError(
            400,
            "BadRequest",
            "Getting static credential is not allowed because this cluster is set to disable local accounts.",
        );
    }
    throw new ArmError(
        501,
        "NotImplemented",
        "The sandbox has no local accounts: enable AKS-managed Entra ID (aadProfile).",
    );
}
