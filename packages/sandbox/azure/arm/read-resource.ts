import type { Properties } from "../../plugins/provider";
import { describeDeletedVault } from "../key-vault/key-vault";
import type { AzureState, Resource } from "../state";
import { authorize, type Caller, findRole, isAllowed } from "./access";
import { ArmError } from "./arm-error";
import { groupNotFound, resourceNotFound } from "./not-found";
import { armType, isWithin, parentOf, parseResourceId } from "./resource-id";
import { builtInRoles, type RoleDefinition } from "./roles";
import { providerOf, type Service } from "./service";
import { answerToWire } from "./wire";

/** A resource as a GET shows it, in the wire format. */
export function show(service: Service, resource: Resource): Properties {
    const { state } = service;
    const { type, id: asked, name } = resource.address;
    const id = type.spellId?.(asked) ?? asked;
    const spelled = type.spelledType === undefined ? armType(id) : type.spelledType;
    const view = providerOf(service, type.token).view?.(state, resource);
    const shown = answerToWire(type, { ...resource.properties, ...view });
    const running = state.operations.runningAt(asked);
    return {
        id,
        name,
        ...(spelled === null ? {} : { type: spelled }),
        ...(type.systemData ? { systemData: authorship(resource) } : {}),
        ...shown,
        ...(running?.plan.state !== undefined && running.kind !== "action"
            ? { properties: { ...(shown.properties as object), provisioningState: running.plan.state } }
            : {}),
    };
}

function authorship({ createdAt, createdBy }: Resource): Properties {
    const by = { createdBy, createdByType: "Application", createdAt };
    return { ...by, lastModifiedBy: createdBy, lastModifiedByType: "Application", lastModifiedAt: createdAt };
}

/**
 * Answers a GET: one resource, or the list at a collection's path.
 * @throws an ArmError when there is nothing, or the caller may not read it.
 */
export function readPath(service: Service, caller: Caller, path: string): Properties {
    const { state } = service;
    const resource = state.get(path);
    if (resource) {
        authorize(state, caller, `${armType(path)}/read`, path);
        return show(service, resource);
    }
    const special = specialReader(state, path);
    if (special || parseResourceId(path)) {
        authorize(state, caller, `${armType(path)}/read`, path);
    }
    if (special) {
        return special();
    }
    if (parseResourceId(path)) {
        throw notFound(service, path);
    }
    return list(service, caller, path);
}

function notFound(service: Service, path: string): ArmError {
    const { state } = service;
    const address = parseResourceId(path);
    const group = address?.parameters.resourceGroupName;
    if (group !== undefined && !state.get(`/subscriptions/${state.subscriptionId}/resourceGroups/${group}`)) {
        return groupNotFound(group);
    }
    const own = address && providerOf(service, address.type.token).notFound?.(state, address);
    return own ?? resourceNotFound(path, group);
}

function list(service: Service, caller: Caller, path: string): Properties {
    const { state } = service;
    const placeholder =
        parseResourceId(`${path}/x`) ??
        parseResourceId(path.replace(/\/providers\//i, "/resourceGroups/x/providers/") + "/x");
    const scope = /^(\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?)\/resources$/i.exec(path)?.[1];
    if (!placeholder && scope === undefined) {
        throw new ArmError(404, "InvalidResourceType", `The resource type at '${path}' could not be found.`);
    }
    const within = scope ?? path.replace(/\/(?:providers\/.*|resourceGroups)$/i, "");
    const found = state
        .resources()
        .filter(({ address }) => isWithin(address.id, within))
        .filter(({ address }) => scope !== undefined || address.type === placeholder?.type)
        .filter(({ address }) => scope !== undefined || belongsTo(address.id, path));
    // Resource Manager answers these two itself, with what the caller may see; a service refuses the whole list.
    const owner = parseResourceId(parentOf(`${path}/x`) ?? "");
    if (owner?.type.token === "containerservice:ManagedCluster" && !state.get(owner.id)) {
        throw notFound(service, owner.id);
    }
    const filtered = scope !== undefined || placeholder?.type.token === "resources:ResourceGroup";
    if (!filtered) {
        authorize(state, caller, `${armType(`${path}/x`)}/read`, parentOf(`${path}/x`) ?? path);
    }
    const mayRead = ({ address: { id } }: Resource) =>
        isAllowed(state, caller.objectId, `${armType(id)}/read`, id, "actions");
    const value = filtered ? found.filter(mayRead) : found;
    return { value: value.map((resource) => show(service, resource)) };
}

/** Whether the path is the collection of the resource, or that of its type in the subscription. */
function belongsTo(id: string, path: string): boolean {
    const collection = id.slice(0, id.lastIndexOf("/")).toLowerCase();
    const wide = collection.replace(/\/resourcegroups\/[^/]+(?=\/providers)/, "");
    return collection === path.toLowerCase() || wide === path.toLowerCase();
}

/** Reads what is not a resource: the subscription, deleted vaults, built-in roles. Undefined for any other path. */
function specialReader(state: AzureState, path: string): (() => Properties) | undefined {
    const { subscriptionId, tenantId } = state;
    if (path.toLowerCase() === `/subscriptions/${subscriptionId}`.toLowerCase()) {
        return () => ({ id: path, subscriptionId, tenantId, displayName: "Landfall sandbox", state: "Enabled" });
    }
    const vaults = /\/providers\/Microsoft\.KeyVault\/(?:locations\/[^/]+\/)?deletedVaults(?:\/([^/]+))?$/i.exec(path);
    if (vaults) {
        return () => readDeletedVaults(state, vaults[1]);
    }
    const roles = /\/providers\/Microsoft\.Authorization\/roleDefinitions(?:\/([^/]+))?$/i.exec(path);
    return roles ? () => readRole(state, roles[1]) : undefined;
}

function readDeletedVaults(state: AzureState, name: string | undefined): Properties {
    if (name === undefined) {
        return { value: [...state.deletedVaults.values()].map(describeDeletedVault) };
    }
    const deleted = state.deletedVaults.get(name.toLowerCase());
    if (!deleted) {
        throw new ArmError(404, "DeletedVaultNotFound", `The specified deleted vault '${name}' does not exist.`);
    }
    return describeDeletedVault(deleted);
}

function readRole(state: AzureState, id: string | undefined): Properties {
    if (id === undefined) {
        return { value: builtInRoles.map((role) => describeRole(state, role)) };
    }
    const role = findRole(state, id);
    if (!role) {
        throw new ArmError(
            404,
            "RoleDefinitionDoesNotExist",
            `The specified role definition with ID '${id}' does not exist.`,
        );
    }
    return describeRole(state, role);
}

function describeRole(state: AzureState, { id, name, ...permissions }: RoleDefinition): Properties {
    const type = "Microsoft.Authorization/roleDefinitions";
    const path = `/subscriptions/${state.subscriptionId}/providers/${type}/${id}`;
    return {
        id: path,
        name: id,
        type,
        properties: {
            roleName: name,
            type: "BuiltInRole",
            permissions: [permissions],
            assignableScopes: ["/"],
        },
    };
}
