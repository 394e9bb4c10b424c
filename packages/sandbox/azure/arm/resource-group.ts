import { ArmError } from "./arm-error";
import type { ResourceProvider } from "./resource-provider";

export const resourceGroup: ResourceProvider = {
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
