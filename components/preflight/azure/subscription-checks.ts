import type { ArmClient } from "../../azure/arm-client";
import { type Answer, type Finding, findingOf } from "../finding";
import { egressAddress } from "./egress-address";
import { kubernetesVersion } from "./kubernetes-version";
import { nodeGroup } from "./node-group";
import { policies } from "./policies";
import { poolSizes } from "./pool-sizes";
import { quota } from "./quota";
import { redundancy } from "./redundancy";
import { registrations } from "./registrations";
import { rights } from "./rights";
import { type Subject, Subscription } from "./subscription";

/** One read each, and what it is about. */
const checks: readonly (readonly [title: string, check: (subscription: Subscription) => Promise<Answer>])[] = [
    ["services of the subscription", registrations],
    ["rights of the deployer", rights],
    ["vCPU quota", quota],
    ["VM sizes and zones", poolSizes],
    ["Kubernetes version", kubernetesVersion],
    ["node resource group", nodeGroup],
    ["redundancy of the backups", redundancy],
    ["policies", policies],
];

/** Asks a subscription all that can be known before an update. `token` is the deployer's for Azure Resource Manager. */
export function checkSubscription(arm: ArmClient, subject: Subject, token: string): Promise<Finding[]> {
    const subscription = new Subscription(arm, subject);
    const { authorizedIpRanges } = subject.settings;
    return Promise.all([
        ...checks.map(([title, check]) => findingOf(title, () => check(subscription))),
        findingOf("address of this machine", () => egressAddress(authorizedIpRanges, token)),
    ]);
}
