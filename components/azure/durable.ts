import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of a resource that no rebuild brings back. While it is protected, the engine refuses to delete or replace it,
 * and it stays in Azure even if it leaves the program.
 */
export function durable(parent: pulumi.Resource, protect: boolean): pulumi.CustomResourceOptions {
    return { parent, protect, retainOnDelete: protect };
}
