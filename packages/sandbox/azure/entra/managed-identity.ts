import { setTimeout } from "node:timers/promises";
import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";
import { takes } from "../arm/operations";
import { parentOf } from "../arm/resource-id";
import type { Context, PutContext, ResourceProvider } from "../arm/resource-provider";

const maxCredentials = 20;
/** Long enough for writes that are not put in order to meet, as they do at Entra. */
const replicationMilliseconds = 100;

/** A path without a host, and not to be followed. */
function location({ id }: Properties, { previous }: PutContext): Readonly<Record<string, string>> {
    return previous ? {} : { location: String(id) };
}

export const userAssignedIdentity: ResourceProvider = {
    writing: () => takes(1.9),
    deleting: () => takes(5.3),
    headers: location,
    properties({ state, address, inputs }) {
        const { objectId, clientId } = state.principalOf(address.id);
        return { tags: {}, ...inputs, principalId: objectId, clientId, tenantId: state.tenantId };
    },
    removed({ state, resource }) {
        state.principals.delete(state.principalOf(resource.address.id).objectId);
        return Promise.resolve();
    },
};

/** At most 20 an identity, each pair of issuer and subject once, and one write at a time. */
export const federatedIdentityCredential: ResourceProvider = {
    writing: () => takes(1.9),
    headers: location,
    notFound: (_, { type, id }) =>
        new ArmError(404, "NotFound", `Resource '${type.spellId?.(id) ?? id}' was not found.`),
    check({ state, address, inputs }) {
        const identity = parentOf(address.id) ?? "";
        refuseConcurrent(state, identity);
        const others = state
            .ofType("managedidentity:FederatedIdentityCredential")
            .filter((other) => parentOf(other.address.id)?.toLowerCase() === identity.toLowerCase())
            .filter((other) => other.address.id.toLowerCase() !== address.id.toLowerCase());
        if (others.length >= maxCredentials) {
            throw new ArmError(
                400,
                "FederatedIdentityCredentialsLimitExceeded",
                `The identity has ${others.length} federated identity credentials; no more than ${maxCredentials} are allowed.`,
            );
        }
        const twin = others.find(
            (other) => other.inputs.issuer === inputs.issuer && other.inputs.subject === inputs.subject,
        );
        if (twin) {
            throw new ArmError(
                409,
                "Conflict",
                `Issuer and subject combination already exists for this Managed Identity, in '${twin.address.name}'.`,
                "subject",
            );
        }
    },
    properties: ({ inputs }) => ({ ...inputs }),
    written: ({ state, address }) => occupy(state, parentOf(address.id) ?? ""),
    checkRemoval: ({ state, resource }) => refuseConcurrent(state, parentOf(resource.address.id) ?? ""),
    removed: ({ state, resource }) => occupy(state, parentOf(resource.address.id) ?? ""),
};

function refuseConcurrent(state: Context["state"], identity: string): void {
    if (state.busy.has(identity.toLowerCase())) {
        throw new ArmError(
            409,
            "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
            `Too many Federated Identity Credentials are written concurrently for the managed identity '${identity}'. ` +
                "Concurrent Federated Identity Credentials writes under the same managed identity are not supported.",
        );
    }
}

async function occupy(state: Context["state"], identity: string): Promise<void> {
    state.busy.add(identity.toLowerCase());
    await setTimeout(replicationMilliseconds);
    state.busy.delete(identity.toLowerCase());
}
