import { version } from "@pulumi/kubernetes/package.json";
import { KubernetesApi } from "../../kubernetes/api";
import { UnreachableError } from "../../kubernetes/api-error";
import { warn } from "../engine-log";
import type { CheckedInputs, Difference, Properties, Provider, ResourceState } from "../provider";
import { Cluster } from "./cluster";
import { kubeconfigAccess, loadKubeConfig } from "./kubeconfig";
import { checkObject, diffObject } from "./object-inputs";
import { ObjectResource } from "./object-resource";
import { checkRelease, diffRelease, ReleaseResource } from "./release-resource";
import { diffSettings, type KubernetesSettings, parseSettings } from "./settings";

const releaseType = "kubernetes:helm.sh/v3:Release";

/** Objects and Helm releases of one cluster, which is contacted only when something is created, read or changed. */
export class KubernetesProvider implements Provider {
    readonly name = "kubernetes";
    readonly version = version;
    readonly #stop = new AbortController();
    #settings: KubernetesSettings = parseSettings({});
    #objects: ObjectResource | undefined;

    configure(config: Properties): Promise<void> {
        this.#settings = parseSettings(config);
        return Promise.resolve();
    }

    diffConfig(olds: Properties, news: Properties): Difference {
        return diffSettings(olds, news);
    }

    async check(type: string, name: string, olds: Properties | undefined, news: Properties): Promise<CheckedInputs> {
        if (olds && this.#settings.skipUpdateUnreachable && (await this.isUnreachable(`${name} is left as it is`))) {
            return { inputs: olds };
        }
        const namespace = this.#settings.namespace ?? "default";
        return type === releaseType
            ? checkRelease(name, olds, news, namespace)
            : checkObject(type, name, olds, news, namespace);
    }

    diff(type: string, _id: string, olds: Properties, news: Properties): Promise<Difference> {
        const difference = type === releaseType ? diffRelease(olds, news) : diffObject(olds, news, this.#settings);
        return Promise.resolve(difference);
    }

    create(type: string, _name: string, inputs: Properties, timeoutSeconds: number): Promise<ResourceState> {
        return type === releaseType ? this.releases().create(inputs) : this.objects().create(inputs, timeoutSeconds);
    }

    update(
        type: string,
        _id: string,
        _olds: Properties,
        news: Properties,
        timeoutSeconds: number,
    ): Promise<ResourceState> {
        return type === releaseType ? this.releases().update(news) : this.objects().update(news, timeoutSeconds);
    }

    async delete(type: string, id: string, inputs: Properties, _outputs: Properties, timeout: number): Promise<void> {
        if (this.#settings.deleteUnreachable && (await this.isUnreachable(`${id} is treated as gone`))) {
            return;
        }
        try {
            await (type === releaseType
                ? this.releases().delete(id, inputs)
                : this.objects().delete(type, id, inputs, timeout));
        } catch (error) {
            if (error instanceof UnreachableError) {
                throw new Error(
                    `${error.message}. If the cluster is gone for good, set deleteUnreachable on the provider, ` +
                        "or PULUMI_K8S_DELETE_UNREACHABLE=true, and run this again.",
                );
            }
            throw error;
        }
    }

    async read(type: string, id: string, inputs: Properties | undefined, outputs?: Properties) {
        const { deleteUnreachable, skipUpdateUnreachable } = this.#settings;
        if (deleteUnreachable && (await this.isUnreachable(`${id} is treated as gone`))) {
            return undefined;
        }
        if (inputs && outputs && skipUpdateUnreachable && (await this.isUnreachable(`${id} is left as it is`))) {
            return { id, inputs, outputs };
        }
        return type === releaseType ? this.releases().read(id, inputs) : this.objects().read(type, id, inputs);
    }

    invoke(token: string): Promise<Properties> {
        return Promise.reject(new Error(`The sandbox's kubernetes provider has no function ${token}.`));
    }

    cancel(): void {
        this.#stop.abort();
    }

    /** Whether the API server cannot be asked; then the user is told so, and what follows from it. */
    private async isUnreachable(consequence: string): Promise<boolean> {
        try {
            await this.api().get("/version");
            return false;
        } catch (error) {
            if (!(error instanceof UnreachableError)) {
                throw error;
            }
            await warn(`The Kubernetes cluster is unreachable (${error.message}): ${consequence}.`);
            return true;
        }
    }

    private api(): KubernetesApi {
        const config = loadKubeConfig(this.#settings.kubeconfig, this.#settings.context);
        return new KubernetesApi(kubeconfigAccess(config), (message) => void warn(message));
    }

    private objects(): ObjectResource {
        const namespace = this.#settings.namespace ?? "default";
        this.#objects ??= new ObjectResource(new Cluster(this.api(), namespace), this.#settings, this.#stop.signal);
        return this.#objects;
    }

    private releases(): ReleaseResource {
        return new ReleaseResource(this.#settings, this.#stop.signal);
    }
}
