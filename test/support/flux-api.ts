import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FluxObject } from "../../components/gitops/readiness/flux-object";

/** What a request is answered. */
interface Given {
    readonly status: number;
    readonly body: unknown;
}

/**
 * An API server that knows what `ClusterClient` asks: who may do everything, Flux's objects, events, and requests to
 * reconcile. Plain HTTP, and without any rule of Kubernetes: test/program has those.
 */
export class FluxApi {
    objects: readonly FluxObject[] = [];
    /** Warning events of every object. */
    warnings: readonly { readonly message: string; readonly lastTimestamp: string }[] = [];
    /** Times at which a ConfigMap was changed, each by another manager. */
    changes: readonly string[] = ["2026-01-01T00:00:00Z"];
    isAdmin = true;
    /** An answer to everything, instead of the above. */
    refusal: Given | undefined;
    /** Answers for everything below some paths. */
    readonly answers: Record<string, () => Given> = {};
    /** Method and path of each request, and the token that came with it. */
    readonly requests: { readonly request: string; readonly authorization?: string; readonly body: string }[] = [];
    connections = 0;
    private readonly server: Server = createServer((request, response) => void this.answer(request, response));

    /** `refused` has answers for everything below some paths. */
    constructor(
        private readonly options: {
            readonly refused?: Readonly<Record<string, { readonly status: number; readonly message: string }>>;
        } = {},
    ) {}

    start(): Promise<void> {
        this.server.on("connection", () => (this.connections += 1));
        return new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    }

    stop(): Promise<void> {
        this.server.closeAllConnections();
        return new Promise((resolve) => this.server.close(() => resolve()));
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    /** A kubeconfig that logs in as `user`; by default through kubelogin, as that of AKS does. */
    kubeconfig(user: object = { exec: { ...kubelogin } }): string {
        return JSON.stringify({
            apiVersion: "v1",
            kind: "Config",
            clusters: [{ name: "test", cluster: { server: this.url, "insecure-skip-tls-verify": true } }],
            users: [{ name: "deployer", user }],
            contexts: [{ name: "test", context: { cluster: "test", user: "deployer" } }],
            "current-context": "test",
        });
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const body = (await request.toArray()).join("");
        const { method = "", url = "", headers } = request;
        const { authorization } = headers;
        this.requests.push({ request: `${method} ${url}`, ...(authorization ? { authorization } : {}), body });
        if (method === "PATCH" && !this.refusal) {
            this.reconcile(url, body);
        }
        const refused = Object.entries(this.options.refused ?? {}).find(([prefix]) => url.startsWith(prefix))?.[1];
        const answer = Object.entries(this.answers).find(([prefix]) => url.startsWith(prefix))?.[1];
        const { status, body: given } =
            this.refusal ??
            answer?.() ??
            (refused ? { status: refused.status, body: refused } : { status: 200, body: this.resource(url) });
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(given));
    }

    /**
     * What a controller does with a request to reconcile: it leaves the object as it was, and says that it has looked.
     */
    private reconcile(url: string, body: string): void {
        const [plural, name] = url.split("?")[0]?.split("/").slice(-2) ?? [];
        const { metadata } = JSON.parse(body) as { metadata: { annotations: Record<string, string> } };
        const lastHandledReconcileAt = metadata.annotations["reconcile.fluxcd.io/requestedAt"] ?? "";
        this.objects = this.objects.map((object) =>
            pluralOf(object.kind) === plural && object.metadata.name === name
                ? { ...object, status: { ...object.status, lastHandledReconcileAt } }
                : object,
        );
    }

    private resource(url: string): unknown {
        if (url.includes("selfsubjectaccessreviews")) {
            return { apiVersion: "authorization.k8s.io/v1", status: { allowed: this.isAdmin } };
        }
        if (url.includes("/configmaps/")) {
            return { apiVersion: "v1", metadata: { managedFields: this.changes.map((time) => ({ time })) } };
        }
        if (url.includes("/events")) {
            return { apiVersion: "v1", items: this.warnings };
        }
        const plural = url.split("?")[0]?.split("/").at(-1);
        const items = this.objects.filter(({ kind }) => pluralOf(kind) === plural);
        // An API server leaves the kind out of the items of a list.
        return { items: items.map(({ kind: _, ...item }) => item) };
    }
}

const kubelogin = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "kubelogin",
    args: ["get-token", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630"],
    provideClusterInfo: false,
};

function pluralOf(kind: string): string {
    return kind.endsWith("y") ? `${kind.slice(0, -1).toLowerCase()}ies` : `${kind.toLowerCase()}s`;
}
