import { randomUUID } from "node:crypto";
import type { Properties } from "../plugins/provider";
import type { RegistryRepository } from "../registry/repository";
import { type Clock, SandboxClock } from "./arm/clock";
import { Operations } from "./arm/operations";
import { isWithin, type ResourceId } from "./arm/resource-id";
import type { BlobContainer } from "./blob/blob-container";
import type { SecretVersion } from "./key-vault/secret-versions";
import { type SubscriptionTraits, usualTraits } from "./subscription/traits";

/** A resource as it stands. */
export interface Resource {
    readonly address: ResourceId;
    /** What the last PUT asked for, without path parameters. */
    readonly inputs: Properties;
    /** What a GET shows beside `id`, `name`, `type` and `systemData`. */
    readonly properties: Properties;
    readonly createdAt: string;
    /** Client id of who made it. */
    readonly createdBy?: string;
}

/** Somebody whom Entra knows. */
export interface Principal {
    readonly objectId: string;
    readonly clientId: string;
    readonly kind: "ServicePrincipal";
    /** Id of the user-assigned managed identity, or of the resource whose system-assigned identity this is. */
    readonly resourceId?: string;
    /** Only applications have one; managed identities prove who they are by federation. */
    readonly clientSecret?: string;
    /** When it was made, in seconds of the clock. */
    readonly madeAt?: number;
}

/** A key vault that was deleted and whose name is still reserved. */
export interface DeletedVault {
    readonly vault: Resource;
    readonly children: readonly Resource[];
    readonly deletedAt: Date;
}

/** A container of blobs that was deleted and can be brought back. */
export interface DeletedContainer {
    readonly container: Resource;
    readonly content: BlobContainer;
    /** Tells apart those that had the same name. */
    readonly version: string;
}

/** All that one tenant with one subscription holds. In memory: it lives as long as the process. */
export class AzureState {
    private readonly all = new Map<string, Resource>();
    /** By object id. */
    readonly principals = new Map<string, Principal>();
    /** By vault name in lower case. */
    readonly deletedVaults = new Map<string, DeletedVault>();
    /** By id of the key in lower case: keys that a vault still holds after their deletion. */
    readonly deletedKeys = new Map<string, Resource>();
    /** By id of the registry in lower case, and name of the repository. */
    readonly registryContents = new Map<string, Map<string, RegistryRepository>>();
    /** Ids in lower case of registries that go by permissions for each repository. */
    readonly registriesByRepository = new Set<string>();
    /** By id of the container in lower case. */
    readonly containerContents = new Map<string, BlobContainer>();
    /** Containers that an account still keeps after their deletion. */
    readonly deletedContainers: DeletedContainer[] = [];
    /**
     * By id of the secret in lower case, the oldest first; kept for as long as a vault of the name can be recovered.
     */
    readonly secretVersions = new Map<string, SecretVersion[]>();
    /** By id of the secret in lower case: secrets that a vault still holds after their deletion. */
    readonly deletedSecrets = new Map<string, Resource>();
    /** Ids of resources at which a write is under way that no other may join. */
    readonly busy = new Set<string>();
    readonly operations: Operations;
    /** By id of a role assignment in lower case: when it was made, in seconds of the clock. */
    readonly assignedAt = new Map<string, number>();
    /** Add-ons of clusters that a policy of the subscription switches on, whatever a PUT asks for. */
    readonly addonsByPolicy = new Set<string>();

    constructor(
        readonly tenantId: string,
        readonly subscriptionId: string,
        readonly traits: SubscriptionTraits = usualTraits(),
        readonly clock: Clock = new SandboxClock(),
    ) {
        this.operations = new Operations(clock);
    }

    get(id: string): Resource | undefined {
        return this.all.get(id.toLowerCase());
    }

    set(resource: Resource): void {
        this.all.set(resource.address.id.toLowerCase(), resource);
    }

    remove(id: string): void {
        this.all.delete(id.toLowerCase());
        this.registryContents.delete(id.toLowerCase());
        this.registriesByRepository.delete(id.toLowerCase());
    }

    resources(): Resource[] {
        return [...this.all.values()];
    }

    ofType(token: string): Resource[] {
        return this.resources().filter(({ address }) => address.type.token === token);
    }

    /** The resource and everything in or on it, the innermost last. */
    within(id: string): Resource[] {
        return this.resources()
            .filter(({ address }) => isWithin(address.id, id))
            .sort((left, right) => left.address.id.length - right.address.id.length);
    }

    principalByClientId(clientId: string): Principal | undefined {
        return [...this.principals.values()].find((principal) => principal.clientId === clientId.toLowerCase());
    }

    /** The principal of a managed identity, made on first use and kept for as long as the resource exists. */
    principalOf(resourceId: string): Principal {
        const known = [...this.principals.values()].find(
            (principal) => principal.resourceId?.toLowerCase() === resourceId.toLowerCase(),
        );
        const principal = known ?? {
            objectId: randomUUID(),
            clientId: randomUUID(),
            kind: "ServicePrincipal",
            resourceId,
            madeAt: this.clock.seconds(),
        };
        this.principals.set(principal.objectId, principal);
        return principal;
    }
}
