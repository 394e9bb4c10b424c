import type { Problem } from "../settings/settings-rules";
import { type ArmAnswer, errorOf } from "./arm-request";

/** Whether a service refused because the subscription does not use it yet. */
export function isUnregistered(answer: ArmAnswer): boolean {
    return /^(MissingSubscriptionRegistration|SubscriptionNotRegistered)$/.test(errorOf(answer).code);
}

/** What to do about a service that the subscription does not use yet. */
export function unregistered(namespace: string): Problem {
    const command = `az provider register --wait --namespace ${namespace}`;
    return { key: namespace, message: `the subscription does not use it yet; run: ${command}` };
}
