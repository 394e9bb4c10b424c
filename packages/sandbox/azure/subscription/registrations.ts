import type { Properties } from "../../plugins/provider";
import { authorize, type Caller } from "../arm/access";
import { ArmError } from "../arm/arm-error";
import type { AzureState } from "../state";

/** @throws the ArmError of a service that the subscription does not use yet. */
export function checkRegistration(state: AzureState, path: string): void {
    const namespace = /^.*\/providers\/([^/]+)\/[^/]+/i.exec(path)?.[1];
    if (
        namespace !== undefined &&
        state.traits.unregistered.has(namespace.toLowerCase()) &&
        !path.endsWith("/register")
    ) {
        throw new ArmError(
            409,
            "MissingSubscriptionRegistration",
            `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
        );
    }
}

/** Microsoft.Resources, Providers - Get, 2021-04-01; undefined for another path. */
export function readRegistration(state: AzureState, caller: Caller, path: string): Properties | undefined {
    const namespace = /^\/subscriptions\/[^/]+\/providers\/([^/]+)$/i.exec(path)?.[1];
    if (namespace === undefined) {
        return undefined;
    }
    authorize(
        state,
        caller,
        "Microsoft.Resources/subscriptions/providers/read",
        `/subscriptions/${state.subscriptionId}`,
    );
    return describe(state, namespace);
}

/** Providers - Register; undefined for another path. */
export function register(state: AzureState, caller: Caller, path: string): Properties | undefined {
    const namespace = /^\/subscriptions\/[^/]+\/providers\/([^/]+)\/register$/i.exec(path)?.[1];
    if (namespace === undefined) {
        return undefined;
    }
    authorize(state, caller, `${namespace}/register/action`, `/subscriptions/${state.subscriptionId}`);
    state.traits.unregistered.delete(namespace.toLowerCase());
    return describe(state, namespace);
}

function describe(state: AzureState, namespace: string): Properties {
    return {
        id: `/subscriptions/${state.subscriptionId}/providers/${namespace}`,
        namespace,
        registrationPolicy: "RegistrationRequired",
        registrationState: state.traits.unregistered.has(namespace.toLowerCase()) ? "NotRegistered" : "Registered",
        resourceTypes: [],
    };
}
