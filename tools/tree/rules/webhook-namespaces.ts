import type { Finding } from "../finding";
import { field, isMap, label, list } from "../object";
import { inEveryLiveCluster, type LiveObject, liveOfKind } from "../rendering/live";
import { findingAt, type Tree } from "../tree";

const kept = ["metadata", "annotations", "admissions.enforcer/disabled"];

/**
 * Webhooks that say which namespaces they are for, be it all of them, keep AKS from adding to that. Its admissions
 * enforcer takes the field over: Flux puts the chart's back for ever, and Helm's next upgrade fails with a conflict. A
 * webhook that leaves the field out has nothing to lose.
 *
 * @see https://github.com/Azure/AKS/issues/4002
 * @see https://github.com/aws-observability/helm-charts/pull/350 for the conflict
 */
export function webhookNamespaces(tree: Tree): Promise<readonly Finding[]> {
    return inEveryLiveCluster(tree, (live) =>
        liveOfKind(live, "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
            .filter(({ object }) => field(object, kept) !== "true" && list(object, "webhooks").some(choosesNamespaces))
            .map((webhooks) => contested(webhooks)),
    );
}

function choosesNamespaces(webhook: unknown): boolean {
    return isMap(field(webhook, "namespaceSelector"));
}

function contested({ manifest, object, rendered }: LiveObject): Finding {
    const says = "says for which namespaces it is: AKS would add to that";
    return rendered
        ? findingAt(manifest, "metadata.labels", `makes ${label(object)}, which ${says}`, "add label webhooks: whole")
        : findingAt(manifest, "webhooks", says, `add annotation ${kept.at(-1)}: "true"`);
}
