import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of a resource whose loss no rebuild mends. Protected, the engine refuses to delete or replace it, and it stays in Azure
 * should it leave the program all the same.
 */
export function durable(parent: pulumi.Resource, protect: boolean): pulumi.CustomResourceOptions {
    return { parent, protect, retainOnDelete: protect };
}
