import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { clusterOf } from "../../tools/sandbox/cluster-of";
import type { Checkout } from "./checkout";
import { until } from "./until";

const run = promisify(execFile);

/** A condition of an object, as Kubernetes has it. */
export interface Condition {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
}

/** What names an object: its kind as kubectl takes it, its name, and its namespace. */
interface ObjectName {
    readonly kind: string;
    readonly name: string;
    /** @default flux-system */
    readonly namespace?: string;
}

interface WithConditions {
    readonly status?: { readonly lastHandledReconcileAt?: string; readonly conditions?: readonly Condition[] };
}

/** The cluster of a stack in a sandbox, for its administrator. */
export class Cluster {
    constructor(
        private readonly checkout: Checkout,
        private readonly stack = "staging",
        /** Its name among the stack's clusters. @default - the first that there is */
        private readonly name?: string,
    ) {}

    /** kubectl. Throws with what kubectl says when it fails. */
    readonly kubectl = async (...args: string[]): Promise<string> => {
        const { binaries, environment } = this.checkout.session();
        const cluster = await clusterOf(this.checkout.sandbox, this.stack, this.name);
        const env = {
            PATH: process.env.PATH,
            ...environment,
            KUBECONFIG: cluster?.adminKubeconfig,
            // Without a home, kubectl would put its cache into the repository.
            KUBECACHEDIR: path.join(this.checkout.sandbox, "kube-cache"),
        };
        const options = { env, maxBuffer: 64 * 1024 * 1024 };
        return (await run(path.join(binaries, "kubectl"), args, options)).stdout;
    };

    /** What kubectl says, whether it fails or not. */
    answer(...args: string[]): Promise<string> {
        return this.kubectl(...args).catch(({ stderr, message }: Error & { stderr?: string }) => stderr ?? message);
    }

    async get<T>({ kind, name, namespace = "flux-system" }: ObjectName): Promise<T> {
        return JSON.parse(await this.kubectl("get", kind, name, "-n", namespace, "-o", "json")) as T;
    }

    /** A value of a Secret. */
    async secret(namespace: string, name: string, key: string): Promise<string> {
        const { data } = await this.get<{ data: Record<string, string> }>({ kind: "secret", name, namespace });
        const value = data[key];
        if (value === undefined) {
            throw new Error(`the Secret ${namespace}/${name} has no ${key}`);
        }
        return Buffer.from(value, "base64").toString("utf8");
    }

    /**
     * The message of an object's condition while it has that status; empty otherwise, also when there is no such
     * object.
     */
    async message({ kind, name, namespace = "flux-system" }: ObjectName, type: string, status: string) {
        const list = ["get", kind, "-n", namespace, "--field-selector", `metadata.name=${name}`, "-o", "json"];
        const { items } = JSON.parse(await this.kubectl(...list)) as { items: WithConditions[] };
        const condition = conditionOf(items[0], type);
        return condition?.status === status ? condition.message : "";
    }

    /**
     * Has Flux reconcile an object now, as `flux reconcile` does. Gives the outcome: condition Ready, true or false.
     */
    async reconcile(object: ObjectName): Promise<Condition> {
        const { kind, name, namespace = "flux-system" } = object;
        const at = new Date().toISOString();
        const annotation = `reconcile.fluxcd.io/requestedAt=${at}`;
        await this.kubectl("annotate", "--overwrite", "-n", namespace, kind, name, annotation);
        const { status } = await until(
            `Flux to reconcile ${kind} ${namespace}/${name}`,
            () => this.get<WithConditions>(object),
            (found) =>
                found.status?.lastHandledReconcileAt === at &&
                /^(True|False)$/.test(conditionOf(found, "Ready")?.status ?? ""),
        );
        return conditionOf({ status: status ?? {} }, "Ready")!;
    }
}

function conditionOf(object: WithConditions | undefined, type: string): Condition | undefined {
    return object?.status?.conditions?.find((condition) => condition.type === type);
}
