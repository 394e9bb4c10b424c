import * as pulumi from "@pulumi/pulumi";

/**
 * What the program itself knows of a resource, its name above all, as an output that waits for the resource. The
 * resource's own outputs, its id apart, are unknown while a preview changes it in place, and a preview takes an unknown
 * name for another one: it would show everything in the resource replaced. When the resource is replaced, its id is
 * unknown too, and so is this.
 */
export function knownOf(resource: pulumi.CustomResource, value: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.all([resource.id, value]).apply(([, known]) => known);
}
