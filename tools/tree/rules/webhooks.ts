import { chartOf } from "../charts";
import type { Finding } from "../finding";
import { field, isMap, list, textAt } from "../object";
import { findingOn, inEveryLiveCluster, type LiveCluster, type LiveObject, liveOfKind } from "../rendering/live";
import { hasPort, type ListeningPods, listeningPods } from "../rendering/ports";
import { selects } from "../selector";
import type { Tree } from "../tree";

/** Something that the API server calls. */
interface Call {
    readonly caller: LiveObject;
    readonly path: string;
    readonly service: unknown;
}

/**
 * What the API server calls is there: the Service of each webhook, of each conversion of a definition and of each
 * aggregated API, a pod behind it that has the port, and a way through the network policies. Its requests come from no
 * address that a policy could name.
 */
export function webhooks(tree: Tree): Promise<readonly Finding[]> {
    return inEveryLiveCluster(tree, (live) => {
        const pods = listeningPods(live);
        return callsOf(live).flatMap((call) => faultsOf(live, call, pods));
    });
}

function callsOf(live: LiveCluster): Call[] {
    const hooks = liveOfKind(live, "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration").flatMap((caller) =>
        list(caller.object, "webhooks").map((webhook, index) => ({
            caller,
            path: `webhooks.${index}.clientConfig.service`,
            service: field(webhook, "clientConfig.service"),
        })),
    );
    const paths = {
        CustomResourceDefinition: "spec.conversion.webhook.clientConfig.service",
        APIService: "spec.service",
    };
    const others = Object.entries(paths).flatMap(([kind, path]) =>
        liveOfKind(live, kind)
            .filter((caller) => !isCompleted(live, caller))
            .map((caller) => ({ caller, path, service: field(caller.object, path) })),
    );
    return [...hooks, ...others].filter(({ service }) => isMap(service));
}

/** The software writes its own Service into some definitions, which then come from Helm once and never again. */
function isCompleted({ cluster }: LiveCluster, { object, manifest, rendered }: LiveObject): boolean {
    const isDefinition = object.kind === "CustomResourceDefinition" && rendered !== undefined;
    return isDefinition && chartOf(cluster, manifest)?.crds?.completed === true;
}

function faultsOf(live: LiveCluster, { caller, path, service }: Call, pods: readonly ListeningPods[]): Finding[] {
    const [namespace = "", name = ""] = [textAt(service, "namespace"), textAt(service, "name")];
    const port = Number(field(service, "port") ?? 443);
    const named = `Service ${namespace}/${name}`;
    const finding = (problem: string, fix: string) => [findingOn(caller, path, problem, fix)];
    const found = liveOfKind(live, "Service").find(
        ({ object }) => object.metadata.name === name && object.metadata.namespace === namespace,
    );
    if (!found) {
        const there = liveOfKind(live, "Service").filter(({ object }) => object.metadata.namespace === namespace);
        const names = there.map(({ object }) => object.metadata.name).join(", ");
        return finding(
            `calls ${named}, which nothing makes`,
            names === "" ? `namespace ${namespace} has no Service` : `namespace ${namespace} has: ${names}`,
        );
    }
    const entry = list(found.object, "spec.ports").find((candidate) => field(candidate, "port") === port);
    const ports = list(found.object, "spec.ports").map((candidate) => String(field(candidate, "port")));
    if (entry === undefined) {
        return finding(`calls port ${port} of ${named}, which has ${ports.join(", ")}`, "correct the port");
    }
    const target = (field(entry, "targetPort") ?? port) as string | number;
    const selector = field(found.object, "spec.selector");
    const behind = pods.filter(
        (one) => one.namespace === namespace && isMap(selector) && selects({ matchLabels: selector }, one.labels),
    );
    const listening = behind.filter((one) => hasPort(one.ports, target));
    if (listening.length === 0) {
        const problem = behind.length === 0 ? "which selects no pod" : `behind which no pod has port ${target}`;
        return finding(`calls ${named}, ${problem}`, "correct the selector or the port of the Service");
    }
    const closed = listening.filter((one) => !letsIn(live, one, target));
    const fix = `allow port ${target} without "from" in a NetworkPolicy of namespace ${namespace}`;
    return closed.length === 0
        ? []
        : finding(`calls ${named}, whose pods no network policy lets the API server in to`, fix);
}

/** Whether the policies of a namespace let a request from anywhere in to a port. */
function letsIn(live: LiveCluster, pods: ListeningPods, target: unknown): boolean {
    const policies = liveOfKind(live, "NetworkPolicy").filter(({ object }) => {
        const types = list(object, "spec.policyTypes");
        return (
            object.metadata.namespace === pods.namespace &&
            (types.length === 0 || types.includes("Ingress")) &&
            selects(field(object, "spec.podSelector") ?? {}, pods.labels)
        );
    });
    const own = pods.ports.filter(({ number, name }) => number === target || name === target);
    const rules = policies.flatMap(({ object }) => list(object, "spec.ingress"));
    return (
        policies.length === 0 ||
        rules.some((rule) => {
            const ports = list(rule, "ports");
            const from = list(rule, "from");
            const isOpen = from.length === 0 || from.some((peer) => field(peer, "ipBlock.cidr") === "0.0.0.0/0");
            return isOpen && (ports.length === 0 || ports.some((entry) => hasPort(own, field(entry, "port"))));
        })
    );
}
