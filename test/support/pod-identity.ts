import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Session } from "@landfall/sandbox";

/** kubectl as the cluster's administrator: gives its standard output. */
type Kubectl = (...args: string[]) => Promise<string>;

export interface Call {
    readonly method: string;
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
}

interface CallAnswer {
    readonly status: number;
    readonly text: string;
}

interface Pod {
    readonly metadata: { readonly name: string };
    readonly spec: {
        readonly serviceAccountName: string;
        readonly containers: readonly {
            readonly env?: readonly { readonly name: string; readonly value?: string }[];
        }[];
        readonly volumes?: readonly {
            readonly projected?: {
                readonly sources: readonly { readonly serviceAccountToken?: { readonly audience?: string } }[];
            };
        }[];
    };
}

/**
 * What Azure's libraries do in a pod, with the token on standard input. Proxy and certificates come from the
 * environment.
 */
const script = `
const read = async () => { let text = ""; for await (const chunk of process.stdin) text += chunk; return JSON.parse(text); };
(async () => {
    const { authority, tenantId, clientId, assertion, scope, method, url, headers, body } = await read();
    const login = await fetch(authority + tenantId + "/oauth2/v2.0/token", {
        method: "POST",
        body: new URLSearchParams({
            grant_type: "client_credentials",
            client_id: clientId,
            client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            client_assertion: assertion,
            scope,
        }),
    });
    const token = await login.json();
    if (!login.ok) return { status: login.status, text: token.error_description };
    const authorization = "Bearer " + token.access_token;
    const answer = await fetch(url, { method, headers: { ...headers, authorization }, body });
    return { status: answer.status, text: await answer.text() };
})().then((answer) => console.log(JSON.stringify(answer)));`;

/**
 * A pod of a running sandbox, acting in Azure: with what the workload identity webhook put into it, and a token of its
 * service account that the API server makes for it. Its own program does not run.
 */
export class PodIdentity {
    private constructor(
        private readonly session: Session,
        private readonly kubectl: Kubectl,
        private readonly namespace: string,
        private readonly pod: Pod,
    ) {}

    /** A pod that runs under the service account, or of that name. Throws if there is none. */
    static async of(
        session: Session,
        kubectl: Kubectl,
        namespace: string,
        wanted: { readonly account: string } | { readonly name: string },
    ): Promise<PodIdentity> {
        const { items } = JSON.parse(await kubectl("get", "pods", "-n", namespace, "-o", "json")) as { items: Pod[] };
        const pod = items.find(({ metadata, spec }) =>
            "name" in wanted ? metadata.name === wanted.name : spec.serviceAccountName === wanted.account,
        );
        if (!pod) {
            throw new Error(`no such pod in ${namespace}: ${JSON.stringify(wanted)}`);
        }
        return new PodIdentity(session, kubectl, namespace, pod);
    }

    /** The audience of the token that is mounted; undefined when the webhook left the pod alone. */
    get audience(): string | undefined {
        const sources = this.pod.spec.volumes?.flatMap(({ projected }) => projected?.sources ?? []) ?? [];
        return sources.find(({ serviceAccountToken }) => serviceAccountToken?.audience)?.serviceAccountToken?.audience;
    }

    /**
     * Gets a token for the resource, such as `https://storage.azure.com`, and makes the call. Gives Entra's answer if
     * it refuses.
     */
    async call(resource: string, call: Call): Promise<CallAnswer> {
        const login = {
            authority: this.variable("AZURE_AUTHORITY_HOST"),
            tenantId: this.variable("AZURE_TENANT_ID"),
            clientId: this.variable("AZURE_CLIENT_ID"),
            assertion: await this.assertion(),
        };
        return this.run({ ...login, scope: `${resource}/.default`, ...call });
    }

    /** The token that proves to Entra who the pod is. */
    assertion(): Promise<string> {
        if (this.audience === undefined) {
            throw new Error(`the pod ${this.pod.metadata.name} was given no token for Azure`);
        }
        return this.token("--audience", this.audience);
    }

    /** A token of the pod's service account, by default for the API server. */
    private async token(...args: string[]): Promise<string> {
        const { metadata, spec } = this.pod;
        const bound = ["--bound-object-kind", "Pod", "--bound-object-name", metadata.name];
        const account = ["create", "token", spec.serviceAccountName, "-n", this.namespace];
        return (await this.kubectl(...account, ...args, ...bound)).trim();
    }

    /** What its main container has of variables, and the sandbox's way out, without the deployer's credentials. */
    environment(): Record<string, string> {
        const own = this.pod.spec.containers[0]?.env ?? [];
        const variables = Object.fromEntries(own.map(({ name, value = "" }) => [name, value]));
        return { ...variables, ...withoutCredentials(this.session.environment) };
    }

    /** Runs a script of the pod on this machine, with its environment and its token. Gives what it prints. */
    async shell(script: string): Promise<string> {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pod-"));
        const tokenFile = path.join(folder, "token");
        fs.writeFileSync(tokenFile, await this.assertion(), { mode: 0o600 });
        const env = { PATH: process.env.PATH, ...this.environment(), AZURE_FEDERATED_TOKEN_FILE: tokenFile };
        return new Promise((resolve) => {
            const child = execFile("sh", ["-s"], { env }, (_error, stdout, stderr) => {
                fs.rmSync(folder, { recursive: true });
                resolve(`${stdout}${stderr}`);
            });
            child.stdin?.end(script);
        });
    }

    private variable(name: string): string {
        const all = this.pod.spec.containers.flatMap(({ env = [] }) => env);
        const value = all.find((variable) => variable.name === name)?.value;
        if (value === undefined) {
            throw new Error(`the pod ${this.pod.metadata.name} has no variable ${name}`);
        }
        return value;
    }

    private run(input: object): Promise<CallAnswer> {
        const env = { PATH: process.env.PATH, ...withoutCredentials(this.session.environment) };
        return new Promise((resolve, reject) => {
            const child = execFile(process.execPath, ["-e", script], { env }, (error, stdout, stderr) =>
                error ? reject(new Error(stderr)) : resolve(JSON.parse(stdout) as CallAnswer),
            );
            child.stdin?.end(JSON.stringify(input));
        });
    }
}

/** The proxies and certificates of the sandbox without the deployer's credentials, which must not help. */
function withoutCredentials(environment: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(ARM|GITHUB)_/.test(name)));
}
