import { chartOf } from "../charts";
import type { Finding } from "../finding";
import { list, mapAt, textAt } from "../object";
import { everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

/**
 * A release whose chart has webhooks that choose namespaces keeps AKS from adding to the choice, which Flux would undo
 * for ever. Which charts have such webhooks, the facts of what they make say.
 */
export function webhookNamespaces(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "HelmRelease").flatMap((release) => {
            const name = textAt(release.object, "spec.releaseName");
            const facts = chartOf(cluster, release)?.rendered.find((rendered) => rendered.release === name);
            const chooses = (facts?.objects ?? [])
                .filter(({ kind }) => kind.endsWith("WebhookConfiguration"))
                .find((object) => list(object, "webhooks").some((hook) => isNarrow(hook)));
            const problem = `has ${chooses?.kind} ${chooses?.name}, which chooses namespaces: AKS would add to the choice`;
            return chooses === undefined || isKept(release)
                ? []
                : [findingAt(release, "metadata.labels", problem, "add label webhooks: whole")];
        }),
    );
}

function isNarrow(webhook: unknown): boolean {
    return Object.keys(mapAt(webhook, "namespaceSelector")).length > 0;
}

function isKept({ object }: Manifest): boolean {
    return mapAt(object, "metadata.labels").webhooks === "whole";
}
