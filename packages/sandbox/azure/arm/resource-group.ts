import { ArmError } from "./arm-error";
import { takes } from "./operations";
import type { ResourceProvider } from "./resource-provider";

export const resourceGroup: ResourceProvider = {
    writing: () => takes(1.3),
    deleting: () => ({ seconds: 71, state: "Deleting", follow: "result", retryAfterSeconds: 15 }),
    check({ address, inputs, previous }) {
        if (previous?.inputs.managedBy !== inputs.managedBy && previous !== undefined) {
            throw new ArmError(
                409,
                "ResourceGroupManagedByMismatch",
                `The managedBy of resource group '${address.name}' cannot be changed.`,
                "managedBy",
            );
        }
    },
    properties: ({ inputs }) => ({ ...inputs, properties: { provisioningState: "Succeeded" } }),
};
