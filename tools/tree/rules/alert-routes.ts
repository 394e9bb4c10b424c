import type { Finding } from "../finding";
import { isMap, type KubernetesObject, list, textAt } from "../object";
import { type Cluster, inEveryCluster, manifestsOf, ofKind, type Tree } from "../tree";

/** Let's Encrypt's service for certificates that browsers trust. */
const trusted = "https://acme-v02.api.letsencrypt.org/directory";

/** Alertmanager's own namespace: what is there sees the alerts of all others. */
const namespace = "monitoring";

const routes = "../../systems/kube-prometheus-stack/routes";

/** What has to reach somebody, with the folder that an environment lists for it. */
const wanted = [
    {
        alert: { alertname: "Any", severity: "critical", namespace: "any", system: "any" },
        problem: "asks for certificates that browsers trust, so it has users, and its critical alerts reach nobody",
        folder: "slack, teams or mail",
    },
    {
        alert: { alertname: "Watchdog", severity: "none" },
        problem: "has no dead man's switch: an Alertmanager that is down tells nobody",
        folder: "watchdog",
    },
] as const;

/** An environment with users, which has certificates that browsers trust, sends its alerts to somebody. */
export function alertRoutes(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const configurations = ofKind(manifestsOf(cluster), "AlertmanagerConfig")
            .map(({ object }) => object)
            .filter((object) => object.metadata.namespace === namespace);
        const missing = hasUsers(cluster)
            ? wanted.filter(({ alert }) => !configurations.some((object) => delivers(object, alert)))
            : [];
        const file = `clusters/${cluster.environment}/kustomization.yaml`;
        return missing.map(({ problem, folder }) => ({
            file,
            line: tree.sources.lineOf(file, /^resources:/),
            problem: `${cluster.environment} ${problem}`,
            fix:
                `add ${routes}/<${folder}> to the components of layer observability, as docs/alerts.md says, ` +
                `and its addresses with npm run secret -- set ${cluster.environment} alert-receivers`,
        }));
    });
}

function hasUsers(cluster: Cluster): boolean {
    return ofKind(manifestsOf(cluster), "ClusterIssuer").some(
        ({ object }) => textAt(object, "spec.acme.server") === trusted,
    );
}

/** Whether an alert with these labels reaches a receiver that sends it somewhere. */
function delivers(object: KubernetesObject, alert: Readonly<Record<string, string>>): boolean {
    const receivers = list(object, "spec.receivers");
    const name = receiverOf((object.spec as { route?: unknown } | undefined)?.route, alert);
    const receiver = receivers.find((each) => textAt(each, "name") === name);
    return (
        isMap(receiver) && Object.entries(receiver).some(([key, value]) => key.endsWith("Configs") && Array.isArray(value))
    );
}

/** The first route whose matchers all fit, as Alertmanager looks for it. */
function receiverOf(route: unknown, alert: Readonly<Record<string, string>>): string | undefined {
    if (!isMap(route) || !list(route, "matchers").every((matcher) => fits(matcher, alert))) {
        return undefined;
    }
    for (const child of list(route, "routes")) {
        const receiver = receiverOf(child, alert);
        if (receiver !== undefined) {
            return receiver;
        }
    }
    return textAt(route, "receiver");
}

function fits(matcher: unknown, alert: Readonly<Record<string, string>>): boolean {
    const value = alert[textAt(matcher, "name") ?? ""] ?? "";
    const wanted = textAt(matcher, "value") ?? "";
    const matches: Readonly<Record<string, () => boolean>> = {
        "=": () => value === wanted,
        "!=": () => value !== wanted,
        "=~": () => new RegExp(`^(?:${wanted})$`).test(value),
        "!~": () => !new RegExp(`^(?:${wanted})$`).test(value),
    };
    return matches[textAt(matcher, "matchType") ?? "="]?.() ?? false;
}
