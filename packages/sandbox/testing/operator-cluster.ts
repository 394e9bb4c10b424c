import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Secret } from "@kubernetes/client-node";
import { chartsFolder, manifestOf, readDefinitions } from "@landfall/facts";
import { parse } from "yaml";
import type { Cluster } from "../cluster/cluster";
import { tokenAccess } from "../kubernetes/access";
import { KubernetesApi } from "../kubernetes/api";
import type { Route } from "../network/route";
import type { CustomObject } from "../operators/operator";
import { startBareCluster } from "./bare-cluster";

interface PodFact {
    readonly serviceAccountName: string;
    readonly containers: readonly { readonly image: string }[];
}

/** A cluster of the sandbox with definitions and Deployments of operators, and nothing of Flux. */
export class OperatorCluster {
    private constructor(
        readonly cluster: Cluster,
        readonly api: KubernetesApi,
        private readonly directory: string,
    ) {}

    static async start(routes: Route[] = []): Promise<OperatorCluster> {
        const directory = await mkdtemp(join(tmpdir(), "landfall-operators-"));
        const cluster = await startBareCluster(directory, {
            name: "aks-test",
            nodes: [{ name: "aks-system-1", labels: {}, zone: "westeurope-1" }],
            routes,
            workloadIdentity: { tenantId: "tenant", authorityHost: "https://login.microsoftonline.com/" },
        });
        const kubeconfig = parse(await readFile(cluster.adminKubeconfig, "utf8")) as {
            users: { user: { token: string } }[];
        };
        const token = kubeconfig.users[0]?.user.token ?? "";
        const server = `https://127.0.0.1:${cluster.port}`;
        const api = new KubernetesApi(tokenAccess({ server, caPem: cluster.caPem, token }));
        return new OperatorCluster(cluster, api, directory);
    }

    async stop(): Promise<void> {
        this.api.close();
        await this.cluster.stop();
        await rm(this.directory, { recursive: true });
    }

    /** What the cluster's own parts had to report. */
    log(): Promise<string> {
        return readFile(join(this.directory, "cluster", "cluster.log"), "utf8").catch(() => "");
    }

    /** Definitions that take every field, as `<plural>.<group>/<version>` with the kind. */
    async define(
        kinds: Readonly<Record<string, string>>,
        scope: "Namespaced" | "Cluster" = "Namespaced",
    ): Promise<void> {
        for (const [name, kind] of Object.entries(kinds)) {
            const [plural = "", group = "", version = ""] = /^([^.]+)\.(.+)\/(.+)$/.exec(name)?.slice(1) ?? [];
            const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
            const served = { name: version, served: true, storage: true, schema, subresources: { status: {} } };
            await this.api.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
                metadata: { name: `${plural}.${group}` },
                spec: { group, scope, names: { kind, plural }, versions: [served] },
            });
            await this.until(`definition of ${kind}`, () =>
                this.api
                    .get<object>(`/apis/${group}/${version}/${plural}`)
                    .then(() => true)
                    .catch(() => false),
            );
        }
    }

    async namespace(name: string): Promise<void> {
        await this.api.apply(`/api/v1/namespaces/${name}`, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }

    /**
     * Installs an operator: a Deployment whose pod kwok makes ready, with the service account and the rights that the
     * published chart with that image has.
     */
    async install(
        namespace: string,
        name: string,
        image: string,
        podLabels: Readonly<Record<string, string>> = {},
        serviceAccountName?: string,
        replicas = 1,
    ): Promise<void> {
        await this.namespace(namespace);
        const ownAccount = await this.grant(image);
        const matchLabels = { app: name };
        const labels = { ...matchLabels, ...podLabels };
        const spec = {
            serviceAccountName: serviceAccountName ?? ownAccount,
            containers: [{ name: "manager", image, ports: [{ name: "http", containerPort: 8080 }] }],
        };
        await this.api.apply(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, {
            ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace } },
            spec: { replicas, selector: { matchLabels }, template: { metadata: { labels }, spec } },
        });
    }

    /** Gives the rights of the published chart that runs an image, and the name of the account that has them. */
    private async grant(image: string): Promise<string> {
        const repository = image.replace(/:[^/]*$/, "");
        const releases = (await readDefinitions(chartsFolder)).flatMap(({ rendered }) => rendered);
        for (const { objects, namespace } of releases) {
            const pods = objects.flatMap(({ kind, pod }) => (kind === "Deployment" ? [pod as PodFact] : []));
            const found = pods.find(({ containers }) =>
                containers.some((each) => each.image.startsWith(`${repository}:`)),
            );
            if (found) {
                for (const right of objects.filter(({ kind, hook }) => kind.includes("Role") && hook === undefined)) {
                    await this.apply(manifestOf(right));
                }
                const account = { name: found.serviceAccountName, namespace };
                const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
                if (!(await this.api.find(`${path}/${account.name}`))) {
                    await this.api.create(path, { metadata: account });
                }
                return account.name;
            }
        }
        throw new Error(`No published chart runs ${image}`);
    }

    /** Applies an object, whose plural is the kind's in lower case with an `s` unless another is given. */
    async apply(object: object, plural?: string): Promise<void> {
        const { apiVersion, kind, metadata } = object as CustomObject;
        const place = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
        const resource = plural ?? `${kind.toLowerCase()}s`;
        const root = apiVersion.includes("/") ? "/apis" : "/api";
        await this.api.apply(`${root}/${apiVersion}${place}/${resource}/${metadata.name}`, object);
    }

    /** The values of a Secret as text; undefined when there is none. */
    async secret(namespace: string, name: string): Promise<Record<string, string> | undefined> {
        const secret = await this.api.find<V1Secret>(`/api/v1/namespaces/${namespace}/secrets/${name}`);
        return (
            secret &&
            Object.fromEntries(
                Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
            )
        );
    }

    /** The condition of an object once it has the status that is asked for. */
    async condition(path: string, type: string, status: string): Promise<{ reason: string; message: string }> {
        let found: { reason: string; message: string } | undefined;
        await this.until(`${path}: ${type} ${status}`, async () => {
            const object = await this.api.find<CustomObject>(path);
            const conditions = (object?.status?.conditions ?? []) as Record<string, string>[];
            const [first] = conditions.filter((each) => each.type === type && each.status === status);
            found = first as typeof found;
            return first !== undefined;
        });
        return found!;
    }

    async until(what: string, holds: () => Promise<boolean>, timeoutMs = 15_000): Promise<void> {
        for (const deadline = Date.now() + timeoutMs; !(await holds()); await sleep(100)) {
            if (Date.now() > deadline) {
                throw new Error(`${what} does not come; ${await this.log()}`);
            }
        }
    }
}
