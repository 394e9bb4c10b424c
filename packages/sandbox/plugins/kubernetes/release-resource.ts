import { randomBytes } from "node:crypto";
import { differingPaths } from "../compare";
import { InitializationError } from "../initialization-error";
import type { CheckFailure, Difference, Properties, ResourceState } from "../provider";
import { Helm, HelmError } from "./helm";
import { asProperties } from "./object-inputs";
import type { KubernetesSettings } from "./settings";

const defaultTimeoutSeconds = 300;

/** Inputs that need something from the user's machine, or a secret on helm's command line. */
const unsupported = ["valueYamlFiles", "postrender", "keyring", "verify", "lint", "manifest", "devel"];

/** What `helm get metadata` tells of a release. */
interface ReleaseMetadata {
    readonly name: string;
    readonly namespace: string;
    readonly revision: number;
    readonly status: string;
    readonly chart: string;
    /** The chart's. */
    readonly version: string;
    readonly appVersion: string;
}

/** The inputs with a name, a namespace and a timeout, as the real provider completes them. */
export function checkRelease(
    name: string,
    olds: Properties | undefined,
    news: Properties,
    defaultNamespace: string,
): { inputs: Properties; failures: CheckFailure[] } {
    const repository = asProperties(news.repositoryOpts);
    const failures = [
        ...unsupported.filter((property) => news[property] !== undefined && news[property] !== false),
        ...["username", "password", "caFile", "certFile", "keyFile"]
            .filter((property) => repository[property] !== undefined)
            .map((property) => `repositoryOpts.${property}`),
    ].map((property) => ({ property, reason: "the sandbox's Helm releases do not have it: leave it out" }));
    const isAwaited = news.skipAwait !== true;
    const inputs = {
        ...news,
        name: news.name ?? olds?.name ?? `${name}-${randomBytes(4).toString("hex")}`,
        namespace: news.namespace ?? defaultNamespace,
        ...(isAwaited ? { timeout: news.timeout ?? defaultTimeoutSeconds } : {}),
    };
    return { inputs, failures };
}

/** Another name or namespace is another release. */
export function diffRelease(olds: Properties, news: Properties): Difference {
    const paths = differingPaths(olds, news);
    const isIdentity = (path: string): boolean => path === "name" || path === "namespace";
    return { updates: paths.filter((path) => !isIdentity(path)), replaces: paths.filter(isIdentity) };
}

/** Installs, upgrades and uninstalls releases by the Helm CLI. */
export class ReleaseResource {
    readonly #helm: Helm;

    constructor(settings: KubernetesSettings, signal: AbortSignal) {
        this.#helm = new Helm(settings, signal);
    }

    create(inputs: Properties): Promise<ResourceState> {
        const flags = [...(inputs.createNamespace === true ? ["--create-namespace"] : []), ...flag(inputs, "replace")];
        return this.run("install", inputs, flags);
    }

    update(inputs: Properties): Promise<ResourceState> {
        const history = inputs.maxHistory;
        return this.run("upgrade", inputs, [
            ...flag(inputs, "resetValues", "reset-values"),
            ...flag(inputs, "reuseValues", "reuse-values"),
            ...flag(inputs, "cleanupOnFail", "cleanup-on-fail"),
            ...(typeof history === "number" ? ["--history-max", String(history)] : []),
        ]);
    }

    async read(
        id: string,
        inputs: Properties | undefined,
    ): Promise<(ResourceState & { inputs: Properties }) | undefined> {
        const { name, namespace } = parseId(id);
        const release = await this.metadata(name, namespace);
        if (!release) {
            return undefined;
        }
        const text = await this.#helm.run(["get", "values", name, "--namespace", namespace, "--output", "json"]);
        const values = JSON.parse(text) as Properties | null;
        if (inputs === undefined) {
            const imported = { name, namespace, chart: release.chart, version: release.version, values: values ?? {} };
            return { ...stateOf(imported, release), inputs: imported, secrets: ["values"] };
        }
        const current = { ...inputs, values: inputs.values === undefined ? undefined : (values ?? {}) };
        return { ...stateOf(current, release), inputs: current };
    }

    async delete(id: string, inputs: Properties): Promise<void> {
        const { name, namespace } = parseId(id);
        await this.#helm.run(["uninstall", name, "--namespace", namespace, "--ignore-not-found", ...waiting(inputs)]);
    }

    private async run(command: "install" | "upgrade", inputs: Properties, flags: string[]): Promise<ResourceState> {
        const name = String(inputs.name);
        const namespace = String(inputs.namespace);
        const args = [command, name, String(inputs.chart), "--namespace", namespace, "--output", "json"];
        try {
            const values = asProperties(inputs.values);
            await this.#helm.run([...args, ...chartFlags(inputs), ...waiting(inputs), ...flags], values);
        } catch (error) {
            throw await this.failure(inputs, error);
        }
        const release = await this.metadata(name, namespace);
        if (!release) {
            throw new Error(
                `The Helm release ${namespace}/${name} was gone right after helm ${command}: look for who deletes it.`,
            );
        }
        return stateOf(inputs, release);
    }

    /** A release that failed is there nevertheless, and the next `up` has to upgrade it. */
    private async failure(inputs: Properties, error: unknown): Promise<unknown> {
        if (!(error instanceof HelmError)) {
            return error;
        }
        const name = String(inputs.name);
        const namespace = String(inputs.namespace);
        const message = `The Helm release ${namespace}/${name} failed: ${error.message}`;
        // The first failure is the one to tell: a status that cannot be had either adds nothing.
        const release = await this.metadata(name, namespace).catch(() => undefined);
        if (release?.status !== "failed") {
            return new Error(message);
        }
        const { id, outputs } = stateOf(inputs, release);
        return new InitializationError(id, outputs, [message]);
    }

    /** What is recorded of the release, or undefined when there is none. */
    private async metadata(name: string, namespace: string): Promise<ReleaseMetadata | undefined> {
        try {
            const text = await this.#helm.run(["get", "metadata", name, "--namespace", namespace, "--output", "json"]);
            return JSON.parse(text) as ReleaseMetadata;
        } catch (error) {
            if (error instanceof HelmError && error.message.includes("release: not found")) {
                return undefined;
            }
            throw error;
        }
    }
}

function stateOf(inputs: Properties, release: ReleaseMetadata): ResourceState {
    const { name, namespace, revision, chart, version, appVersion } = release;
    const status = { name, namespace, revision, status: release.status, chart, version, appVersion };
    return { id: `${namespace}/${name}`, outputs: { ...inputs, version, status } };
}

function chartFlags(inputs: Properties): string[] {
    const repository = asProperties(inputs.repositoryOpts).repo;
    const { version, description } = inputs;
    return [
        ...(typeof version === "string" ? ["--version", version] : []),
        ...(typeof repository === "string" ? ["--repo", repository] : []),
        ...(typeof description === "string" ? ["--description", description] : []),
        ...flag(inputs, "atomic", "rollback-on-failure"),
        ...flag(inputs, "dependencyUpdate", "dependency-update"),
        ...flag(inputs, "disableOpenapiValidation", "disable-openapi-validation"),
        ...flag(inputs, "disableWebhooks", "no-hooks"),
        ...flag(inputs, "forceUpdate", "force-replace"),
        ...flag(inputs, "skipCrds", "skip-crds"),
        ...flag(inputs, "takeOwnership", "take-ownership"),
        ...flag(inputs, "waitForJobs", "wait-for-jobs"),
    ];
}

function waiting(inputs: Properties): string[] {
    if (inputs.skipAwait === true) {
        return [];
    }
    const seconds = typeof inputs.timeout === "number" ? inputs.timeout : defaultTimeoutSeconds;
    return ["--wait", "--timeout", `${seconds}s`];
}

function flag(inputs: Properties, property: string, name = property): string[] {
    return inputs[property] === true ? [`--${name}`] : [];
}

function parseId(id: string): { name: string; namespace: string } {
    const [namespace = "", name = ""] = id.split("/");
    return { name, namespace };
}
