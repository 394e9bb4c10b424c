import { randomUUID } from "node:crypto";
import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";
import { contains, overlaps, parseCidr } from "../arm/cidr";
import type { OperationPlan } from "../arm/operations";
import { parentOf, parseResourceId } from "../arm/resource-id";
import { kept, type PutContext, type ResourceProvider } from "../arm/resource-provider";
import type { AzureState, Resource } from "../state";

interface AddressSpace {
    readonly addressSpace?: { readonly addressPrefixes?: readonly string[] };
}

const deletion: OperationPlan = { seconds: 11, state: "Deleting", follow: "both", retryAfterSeconds: 10 };

/** What every resource of Microsoft.Network has; `more` is what the service fills in. */
function networkResource(
    writing: Pick<OperationPlan, "seconds" | "retryAfterSeconds">,
    more: (put: PutContext) => Properties = () => ({}),
): ResourceProvider {
    return {
        writing: () => ({ ...writing, state: "Updating", follow: "status" }),
        deleting: () => deletion,
        answer: withEtagOfItsOwn,
        properties: (put) => ({
            ...more(put),
            ...put.inputs,
            resourceGuid: kept(put, "resourceGuid", randomUUID),
            etag: `W/"${randomUUID()}"`,
            provisioningState: "Succeeded",
        }),
    };
}

/** A network resource has another etag once it is written. */
function withEtagOfItsOwn(shown: Properties): Properties {
    return { ...shown, etag: `W/"${randomUUID()}"` };
}

/** The rules that every group has. */
function defaultSecurityRules({ address }: PutContext): Properties[] {
    const rule = (
        name: string,
        description: string,
        [access, priority, direction]: [string, number, string],
        [sourceAddressPrefix, destinationAddressPrefix]: [string, string],
    ) => ({
        id: `${address.id}/defaultSecurityRules/${name}`,
        name,
        type: "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
        provisioningState: "Succeeded",
        ...{ description, access, priority, direction, sourceAddressPrefix, destinationAddressPrefix },
        ...{ protocol: "*", sourcePortRange: "*", destinationPortRange: "*" },
        ...{ sourcePortRanges: [], destinationPortRanges: [] },
        ...{ sourceAddressPrefixes: [], destinationAddressPrefixes: [] },
    });
    const [inbound, outbound] = ["Inbound", "Outbound"];
    const [network, all] = ["VirtualNetwork", "*"];
    return [
        rule(
            "AllowVnetInBound",
            "Allow inbound traffic from all VMs in VNET",
            ["Allow", 65000, inbound],
            [network, network],
        ),
        rule(
            "AllowAzureLoadBalancerInBound",
            "Allow inbound traffic from azure load balancer",
            ["Allow", 65001, inbound],
            ["AzureLoadBalancer", all],
        ),
        rule("DenyAllInBound", "Deny all inbound traffic", ["Deny", 65500, inbound], [all, all]),
        rule(
            "AllowVnetOutBound",
            "Allow outbound traffic from all VMs to all VMs in VNET",
            ["Allow", 65000, outbound],
            [network, network],
        ),
        rule(
            "AllowInternetOutBound",
            "Allow outbound traffic from all VMs to Internet",
            ["Allow", 65001, outbound],
            [all, "Internet"],
        ),
        rule("DenyAllOutBound", "Deny all outbound traffic", ["Deny", 65500, outbound], [all, all]),
    ];
}

export const networkSecurityGroup: ResourceProvider = {
    ...networkResource({ seconds: 1, retryAfterSeconds: 1 }, (put) => ({
        securityRules: [],
        defaultSecurityRules: defaultSecurityRules(put),
    })),
    check({ inputs }) {
        const rules = (inputs.securityRules ?? []) as { name?: string; direction: string; priority?: number }[];
        const seen = new Map<string, string | undefined>();
        for (const [index, { name, direction, priority }] of rules.entries()) {
            const slot = `${direction} ${priority}`;
            if (seen.has(slot)) {
                throw new ArmError(
                    400,
                    "SecurityRuleConflict",
                    `Security rule ${name} conflicts with rule ${seen.get(slot)}. Rules cannot have the same priority and direction.`,
                    `securityRules[${index}].priority`,
                );
            }
            seen.set(slot, name);
        }
    },
};

/**
 * Subnets given in a PUT become subnets of their own; one that gives none leaves those that are there as they are, as
 * the package does by sending them again (ARM itself would delete them).
 */
export const virtualNetwork: ResourceProvider = {
    ...networkResource({ seconds: 3, retryAfterSeconds: 3 }, () => ({
        privateEndpointVNetPolicies: "Disabled",
        virtualNetworkPeerings: [],
        enableDdosProtection: false,
    })),
    check({ state, address, inputs }) {
        const ranges = prefixes(inputs, "addressSpace.addressPrefixes");
        const outside = subnetsOf(state, address.id).find((subnet) =>
            subnetPrefixes(subnet.inputs).some(
                (prefix) => !ranges.some((range) => contains(range, parse(prefix, "addressPrefix"))),
            ),
        );
        if (outside) {
            throw new ArmError(
                400,
                "InUsePrefixCannotBeDeleted",
                `The address space is in use by the subnet '${outside.address.name}' and cannot be taken away.`,
                "addressSpace.addressPrefixes",
            );
        }
    },
    written(put, network) {
        const inline = (put.inputs.subnets ?? []) as Properties[];
        for (const [index, { name, ...inputs }] of inline.entries()) {
            const address = parseResourceId(`${network.address.id}/subnets/${String(name)}`);
            if (!address || typeof name !== "string") {
                throw new ArmError(400, "InvalidRequestFormat", "A subnet needs a name.", `subnets[${index}].name`);
            }
            const subnetPut = { ...put, address, inputs, previous: put.state.get(address.id) };
            checkSubnet(subnetPut);
            const properties = subnet.properties?.(subnetPut) ?? inputs;
            put.state.set({ address, inputs, properties, createdAt: network.createdAt });
        }
        return Promise.resolve();
    },
    view: (state, { address }) => ({
        subnets: subnetsOf(state, address.id).map((own) => ({
            id: own.address.id,
            name: own.address.name,
            type: "Microsoft.Network/virtualNetworks/subnets",
            ...own.properties,
        })),
    }),
};

export const subnet: ResourceProvider = {
    check: checkSubnet,
    writing: () => ({ seconds: 2, state: "Updating", follow: "status", retryAfterSeconds: 3 }),
    deleting: () => deletion,
    answer: withEtagOfItsOwn,
    properties: ({ inputs }) => ({
        delegations: [],
        privateEndpointNetworkPolicies: "Disabled",
        privateLinkServiceNetworkPolicies: "Enabled",
        ...inputs,
        etag: `W/"${randomUUID()}"`,
        provisioningState: "Succeeded",
    }),
};

function subnetPrefixes(inputs: Properties): string[] {
    const { addressPrefix, addressPrefixes } = inputs as { addressPrefix?: string; addressPrefixes?: string[] };
    return addressPrefix === undefined ? (addressPrefixes ?? []) : [addressPrefix];
}

function checkSubnet({ state, address, inputs }: PutContext): void {
    const networkId = parentOf(address.id) ?? "";
    const space = prefixes(state.get(networkId)?.inputs, "addressSpace.addressPrefixes");
    const own = subnetPrefixes(inputs);
    if (own.length === 0) {
        throw new ArmError(
            400,
            "NoAddressPrefixOrPoolProvided",
            `The subnet '${address.name}' needs an address prefix.`,
            "addressPrefix",
        );
    }
    const others = subnetsOf(state, networkId).filter(
        (other) => other.address.id.toLowerCase() !== address.id.toLowerCase(),
    );
    for (const prefix of own) {
        const range = parse(prefix, "addressPrefix");
        if (!space.some((outer) => contains(outer, range))) {
            throw new ArmError(
                400,
                "NetcfgSubnetRangeOutsideVnet",
                `Subnet '${address.name}' is not valid because its IP address range is outside the IP address range of virtual network.`,
                "addressPrefix",
            );
        }
        const twin = others.find((other) =>
            subnetPrefixes(other.inputs).some((taken) => overlaps(parse(taken, ""), range)),
        );
        if (twin) {
            throw new ArmError(
                400,
                "NetcfgSubnetRangesOverlap",
                `Subnet '${address.name}' is not valid because its IP address range overlaps with that of an existing subnet ('${twin.address.name}').`,
                "addressPrefix",
            );
        }
    }
}

function subnetsOf(state: AzureState, networkId: string): Resource[] {
    return state
        .ofType("network:Subnet")
        .filter(({ address }) => parentOf(address.id)?.toLowerCase() === networkId.toLowerCase());
}

function prefixes(network: AddressSpace | undefined, target: string) {
    return (network?.addressSpace?.addressPrefixes ?? [])
        .filter((prefix) => !prefix.includes(":"))
        .map((prefix) => parse(prefix, target));
}

function parse(prefix: string, target: string) {
    try {
        return parseCidr(prefix);
    } catch (error) {
        throw new ArmError(400, "InvalidCIDRNotation", (error as Error).message, target);
    }
}
