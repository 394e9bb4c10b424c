import * as http from "node:http";
import * as https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { whyUnreachable } from "../../../components/unreachable";

const timeoutMs = 10_000;

/** The API server answered, but not with what it was asked for. */
export class Refused extends Error {
    constructor(
        message: string,
        readonly status: number,
    ) {
        super(message);
    }
}

/** An object of the API server, with the fields that every object has. */
export interface ApiObject {
    readonly metadata: {
        readonly name: string;
        readonly namespace?: string;
        readonly creationTimestamp?: string;
        readonly labels?: Readonly<Record<string, string>>;
    };
}

/** GET requests to the API server of a kubeconfig, and no others. */
export class ApiServer {
    private readonly config = new KubeConfig();

    /** @throws Error if the text is no kubeconfig. */
    constructor(kubeconfig: string) {
        this.config.loadFromString(kubeconfig);
    }

    get url(): string {
        return this.config.getCurrentCluster()?.server ?? "";
    }

    /** The objects at a path such as `apis/apps/v1/deployments`. Everything that `get` throws. */
    async list<T extends ApiObject>(path: string): Promise<readonly T[]> {
        const { items } = await this.get<{ items?: readonly T[] }>(path);
        return items ?? [];
    }

    /** @throws Refused with the server's own words; Error if there is no answer, or if the login does not work. */
    async get<T>(path: string): Promise<T> {
        const { status, body } = await this.ask(path).catch((error: unknown) => {
            throw new Error(`API server ${this.url}: ${whyUnreachable(error)}`, { cause: error });
        });
        if (status !== 200) {
            throw new Refused(`the API server answers ${status} ${messageOf(body)}`.trim(), status);
        }
        return JSON.parse(body) as T;
    }

    private async ask(path: string): Promise<{ status: number; body: string }> {
        const options: https.RequestOptions = {};
        await this.config.applyToHTTPSOptions(options);
        const url = new URL(`${this.url.replace(/\/$/, "")}/${path}`);
        const { request: send } = url.protocol === "http:" ? http : https;
        return new Promise((resolve, reject) => {
            const request = send(url, { ...options, timeout: timeoutMs }, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () =>
                    resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
                );
            });
            request.on("timeout", () => request.destroy(new Error(`no answer in ${timeoutMs / 1000} seconds`)));
            request.on("error", reject);
            request.end();
        });
    }
}

/** The message of a Kubernetes Status, or the text that a proxy before the API server answered with. */
function messageOf(body: string): string {
    try {
        return (JSON.parse(body) as { message?: string }).message ?? body;
    } catch {
        return body.split("\n")[0] ?? "";
    }
}
