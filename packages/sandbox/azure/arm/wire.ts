/**
 * Azure's own form of a body, and that of @pulumi/azure-native, in which the stand-in keeps resources: the package
 * lifts what the wire has under `properties` to the top, in lists of network resources too, gives some properties names
 * of their own, and lists user-assigned identities where the wire has them as keys.
 */
import type { Properties } from "../../plugins/provider";
import type { ResourceType } from "./resource-types";

interface WireShape {
    /** Beside `id`, `name` and `type`, what stands outside of `properties`. */
    readonly outer: readonly string[];
    /** Of a request: the package has `properties` too. */
    readonly wholeRequest?: boolean;
    /** Of an answer: the package has `properties` too. */
    readonly wholeAnswer?: boolean;
    /** The wire's names, by the package's. */
    readonly names?: Readonly<Record<string, string>>;
    /** What the service computes, and passes over in a request. */
    readonly computed?: readonly string[];
}

const identifying = ["id", "name", "type"];
const outer = ["location", "tags", "etag", "identity", "sku", "kind", "managedBy", "extendedLocation", "systemData"];
const dnsNames = {
    ttl: "TTL",
    aRecords: "ARecords",
    aaaaRecords: "AAAARecords",
    cnameRecord: "CNAMERecord",
    mxRecords: "MXRecords",
    nsRecords: "NSRecords",
    ptrRecords: "PTRRecords",
    soaRecord: "SOARecord",
    srvRecords: "SRVRecords",
    txtRecords: "TXTRecords",
};
const shapes: Readonly<Record<string, WireShape>> = {
    "authorization:RoleDefinition": { outer: [], names: { roleType: "type" } },
    "containerservice:AgentPool": { outer: [] },
    "dns:RecordSet": { outer, names: dnsNames, computed: ["fqdn"] },
    "keyvault:Key": { outer, wholeRequest: true },
    "keyvault:Secret": { outer, wholeRequest: true, wholeAnswer: true },
    "keyvault:Vault": { outer, wholeRequest: true, wholeAnswer: true },
    "resources:ResourceGroup": { outer, wholeRequest: true, wholeAnswer: true },
    "storage:ManagementPolicy": { outer: [...outer, "name"] },
    "storage:StorageAccount": {
        outer,
        names: { enableHttpsTrafficOnly: "supportsHttpsTrafficOnly", networkRuleSet: "networkAcls" },
    },
};
/** Lists whose items have `properties` of their own. */
const itemLists = new Set([
    ...["subnets", "securityRules", "defaultSecurityRules", "delegations", "virtualNetworkPeerings"],
    ...["serviceEndpointPolicies", "privateEndpointConnections"],
]);
const itemOuter = ["id", "name", "type", "etag"];

/** A request's body, from the package's inputs without path parameters. */
export function requestToWire(type: ResourceType, inputs: Properties): Properties {
    const { wholeRequest } = shapeOf(type);
    const body = wholeRequest ? inputs : lower(type, inputs);
    const { identity } = body as { identity?: { userAssignedIdentities?: string[] } };
    if (!Array.isArray(identity?.userAssignedIdentities)) {
        return body;
    }
    const userAssignedIdentities = Object.fromEntries(identity.userAssignedIdentities.map((id) => [id, {}]));
    return { ...body, identity: { ...identity, userAssignedIdentities } };
}

/** The package's inputs, from a request's body. What identifies the resource is in the address, and null is nothing. */
export function requestFromWire(type: ResourceType, body: Properties): Properties {
    const given = withoutNulls(body) as Properties;
    const { wholeRequest, computed = [] } = shapeOf(type);
    const left = [...identifying, "systemData", "etag", "eTag"];
    const asked = Object.fromEntries(Object.entries(given).filter(([name]) => !left.includes(name)));
    const lifted = wholeRequest ? asked : lift(type, asked);
    const ignored = ["provisioningState", ...computed];
    const all: Properties = Object.fromEntries(Object.entries(lifted).filter(([name]) => !ignored.includes(name)));
    const { identity } = all as { identity?: { userAssignedIdentities?: object } };
    const identities = identity?.userAssignedIdentities;
    return identities === undefined || Array.isArray(identities)
        ? all
        : { ...all, identity: { ...identity, userAssignedIdentities: Object.keys(identities) } };
}

/** The body of an answer, from what the package shows. */
export function answerToWire(type: ResourceType, shown: Properties): Properties {
    return shapeOf(type).wholeAnswer ? shown : lower(type, shown);
}

/** What the package shows, from the body of an answer. */
export function answerFromWire(type: ResourceType, body: Properties): Properties {
    return shapeOf(type).wholeAnswer ? body : lift(type, body);
}

function shapeOf(type: ResourceType): WireShape {
    return shapes[type.token] ?? { outer };
}

function lower(type: ResourceType, flat: Properties): Properties {
    const shape = shapeOf(type);
    const entries = Object.entries(flat).filter(([, value]) => value !== undefined);
    const stays = (name: string) => shape.outer.includes(name);
    const properties = entries
        .filter(([name]) => !stays(name))
        .map(([name, value]) => [shape.names?.[name] ?? name, lowerItems(name, value)]);
    return {
        ...Object.fromEntries(entries.filter(([name]) => stays(name))),
        ...(properties.length > 0 ? { properties: Object.fromEntries(properties) as object } : {}),
    };
}

function lift(type: ResourceType, { properties, ...rest }: Properties): Properties {
    const names = Object.fromEntries(Object.entries(shapeOf(type).names ?? {}).map(([own, wire]) => [wire, own]));
    const lifted = Object.entries(properties ?? {}).map(([name, value]): [string, unknown] => [
        names[name] ?? name,
        liftItems(name, value),
    ]);
    return { ...rest, ...Object.fromEntries(lifted) };
}

function lowerItems(name: string, value: unknown): unknown {
    if (!itemLists.has(name) || !Array.isArray(value)) {
        return value;
    }
    return (value as Properties[]).map((item) => {
        const inner = Object.entries(item).filter(([key]) => !itemOuter.includes(key));
        return {
            ...Object.fromEntries(Object.entries(item).filter(([key]) => itemOuter.includes(key))),
            ...(inner.length > 0
                ? { properties: Object.fromEntries(inner.map(([key, own]) => [key, lowerItems(key, own)])) }
                : {}),
        };
    });
}

function liftItems(name: string, value: unknown): unknown {
    if (!itemLists.has(name) || !Array.isArray(value)) {
        return value;
    }
    return (value as Properties[]).map(({ properties, ...rest }) => ({
        ...rest,
        ...Object.fromEntries(Object.entries(properties ?? {}).map(([key, own]) => [key, liftItems(key, own)])),
    }));
}

function withoutNulls(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map((item: unknown) => withoutNulls(item));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const entries = Object.entries(value).filter(([, own]) => own !== null);
    return Object.fromEntries(entries.map(([name, own]) => [name, withoutNulls(own)]));
}
