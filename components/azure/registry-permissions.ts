import type * as pulumi from "@pulumi/pulumi";
import { BundledResource } from "../bundled-resource";
import { problemOf, sendToArm } from "./arm-request";
import { borrowToken } from "./borrow-token";
import { lendToken, type TokenSource } from "./lend-token";
import { acrPull, acrPush, containerRegistryRepositoryReader, containerRegistryRepositoryWriter } from "./roles";

/** How a registry looks at roles: one right for all of it, or conditions on the name of a repository. */
export type RegistryMode = "LegacyRegistryPermissions" | "AbacRepositoryPermissions";

/** The roles that count in each mode; Azure passes over those of the other. */
export const registryRoles = {
    LegacyRegistryPermissions: { pull: acrPull, push: acrPush },
    AbacRepositoryPermissions: { pull: containerRegistryRepositoryReader, push: containerRegistryRepositoryWriter },
} as const;

/**
 * A condition by which a role reaches the repositories below a name, and no other.
 *
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
export function belowRepository(name: string): string {
    const others = ["content/read", "content/write", "metadata/read", "metadata/write"]
        .map((action) => `!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/${action}'})`)
        .join(" AND ");
    return `((${others}) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringStartsWith '${name}/'))`;
}

export interface RegistryPermissionsArgs {
    /** ARM id of the registry. */
    readonly registryId: pulumi.Input<string>;
    readonly mode: RegistryMode;
    /** For Azure Resource Manager. */
    readonly token: TokenSource;
}

interface Inputs {
    readonly registryId: string;
    readonly mode: RegistryMode;
    /** Where `borrowToken` gets a token. */
    readonly lender: string;
}

interface Outputs {
    readonly registryId: string;
    readonly mode: RegistryMode;
}

/** The first stable version that has the property. */
const apiVersion = "2025-11-01";

/** @public Of the bundle. */
export class RegistryPermissionsProvider implements pulumi.dynamic.ResourceProvider<Inputs, Outputs> {
    async create(inputs: Inputs) {
        return { id: inputs.registryId, outs: await this.set(inputs) };
    }

    async update(_id: string, _olds: Outputs, news: Inputs) {
        return { outs: await this.set(news) };
    }

    async diff(_id: string, olds: Outputs, news: Inputs) {
        return Promise.resolve({
            changes: olds.mode !== news.mode,
            replaces: olds.registryId === news.registryId ? [] : ["registryId"],
        });
    }

    private async set({ registryId, mode, lender }: Inputs): Promise<Outputs> {
        const token = await borrowToken(lender);
        const path = `${registryId}?api-version=${apiVersion}`;
        const before = await sendToArm(token, "GET", path, undefined);
        if (before.status !== 200) {
            throw new Error(`the registry's permissions cannot be read: ${problemOf(before)}`);
        }
        const { roleAssignmentMode } = (before.body.properties ?? {}) as { roleAssignmentMode?: string };
        if (roleAssignmentMode !== mode) {
            const changed = await sendToArm(token, "PATCH", path, { properties: { roleAssignmentMode: mode } });
            if (changed.status >= 300) {
                throw new Error(`the registry does not change to ${mode}: ${problemOf(changed)}`);
            }
        }
        return { registryId, mode };
    }
}

/**
 * Which roles a registry goes by. A resource of its own, because the version of Azure's interface that azure-native
 * speaks does not have the property. It is set after the roles of the mode are granted: what pulls is refused until
 * those work, which takes Azure up to ten minutes.
 */
export class RegistryPermissions extends BundledResource {
    constructor(name: string, { token, ...args }: RegistryPermissionsArgs, opts?: pulumi.CustomResourceOptions) {
        const lender = lendToken(token);
        const type = ["azure", "RegistryPermissions"] as const;
        super(RegistryPermissionsProvider, __filename, type, name, { ...args, lender }, opts);
    }
}
