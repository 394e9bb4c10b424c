import { KubeConfig } from "@kubernetes/client-node";
import type { ApiAccess } from "../../kubernetes/access";

/** Whether `kubeconfig` is the content of a kubeconfig rather than the path of one. */
export function isContent(kubeconfig: string): boolean {
    return kubeconfig.includes("\n") || kubeconfig.startsWith("{");
}

/**
 * @param kubeconfig content or path; undefined for what kubectl would use.
 * @throws an Error when the file or the context is not there.
 */
export function loadKubeConfig(kubeconfig: string | undefined, context?: string): KubeConfig {
    const config = new KubeConfig();
    if (kubeconfig === undefined) {
        config.loadFromDefault();
    } else if (isContent(kubeconfig)) {
        config.loadFromString(kubeconfig);
    } else {
        config.loadFromFile(kubeconfig);
    }
    if (context !== undefined) {
        config.setCurrentContext(context);
    }
    const cluster = config.getCurrentCluster();
    if (!cluster) {
        const name = config.getCurrentContext();
        throw new Error(`The kubeconfig has no cluster for its context "${name}": set its current-context.`);
    }
    const proxy = cluster.proxyUrl ?? proxyFromEnvironment(new URL(cluster.server));
    config.clusters = config.clusters.map((each) => (each.name === cluster.name ? { ...each, proxyUrl: proxy } : each));
    return config;
}

/** The address of the API server that `kubeconfig` points at, or undefined when it cannot be read. */
export function serverOf(kubeconfig: string | undefined): string | undefined {
    try {
        return loadKubeConfig(kubeconfig).getCurrentCluster()?.server;
    } catch {
        // What cannot be read cannot be compared; the call that needs it says what is wrong with it.
        return undefined;
    }
}

/** Access as a kubeconfig says: certificates, tokens, programs that give credentials, proxies. */
export function kubeconfigAccess(config: KubeConfig): ApiAccess {
    return {
        server: config.getCurrentCluster()?.server ?? "",
        authenticate: (options) => config.applyToHTTPSOptions(options),
    };
}

/** As Go's HTTP client reads the environment, which is what the real provider and helm obey. */
function proxyFromEnvironment(server: URL): string | undefined {
    const variable = (name: string): string | undefined => process.env[name] ?? process.env[name.toLowerCase()];
    const exempt = (variable("NO_PROXY") ?? "").split(",").map((entry) => entry.trim().replace(/^\*?\./, ""));
    const isExempt = exempt.some(
        (entry) =>
            entry !== "" && (entry === "*" || server.hostname === entry || server.hostname.endsWith(`.${entry}`)),
    );
    return isExempt ? undefined : variable(server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
}
