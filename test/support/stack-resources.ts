import * as assert from "node:assert/strict";
import type { StackResource } from "../../tools/drill/stack-resource";
import type { Checkout } from "./checkout";

export type { StackResource } from "../../tools/drill/stack-resource";

/** Finds resources in the state of staging by the type's end and the name's start, such as `Registry`. */
export async function stackResources(checkout: Checkout): Promise<(type: string, name: string) => StackResource> {
    const output = await checkout.output("pulumi", "stack", "export");
    const { deployment } = JSON.parse(output) as { deployment: { resources: StackResource[] } };
    return (type, name) => {
        const found = deployment.resources.find(({ urn }) => urn.includes(`:${type}::${name}`));
        assert.ok(found, `the stack has no ${type} ${name}`);
        return found;
    };
}
