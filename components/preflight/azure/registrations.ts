import { unregistered } from "../../azure/registration";
import type { Problem } from "../../settings/settings-rules";
import type { Answer } from "../finding";
import type { Subscription } from "./subscription";

/** Services that a subscription has to have switched on: those of the program's resources, and of AKS's nodes. */
const namespaces = [
    "Microsoft.Compute",
    "Microsoft.ContainerRegistry",
    "Microsoft.ContainerService",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.Storage",
] as const;

/** Whether the subscription uses every service. Microsoft.Resources, Providers - Get, 2021-04-01. */
export async function registrations(subscription: Subscription): Promise<Answer> {
    const states = await Promise.all(
        namespaces.map(async (namespace) => {
            const body = await subscription.read(`${subscription.scope}/providers/${namespace}?api-version=2021-04-01`);
            return { namespace, state: String(body.registrationState) };
        }),
    );
    return {
        problems: states
            .filter(({ state }) => state !== "Registered")
            .map(({ namespace, state }) =>
                state === "Registering" ? registering(namespace) : unregistered(namespace),
            ),
    };
}

function registering(namespace: string): Problem {
    const command = `az provider register --wait --namespace ${namespace}`;
    return { key: namespace, message: `is being registered, which takes minutes; wait for it: ${command}` };
}
