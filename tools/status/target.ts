import * as fs from "node:fs";
import * as path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { AzureReader } from "./read/azure";
import { ClusterReader } from "./read/cluster";
import { known, type Observation } from "./read/observation";
import { readTree } from "./read/tree";
import type { Commands } from "./sections/section";
import { readStack, type Stack } from "./stack";
import { StatusError } from "./status-error";
import { control, type WorldStatus } from "@landfall/sandbox";

const repository = path.join(__dirname, "../..");

/** How long an answer of Azure counts: it is slower than the cluster, and changes less often. */
const azureSeconds = 15;

export interface TargetOptions {
    readonly stack: string;
    /** A kubeconfig of one's own; its current context is taken. */
    readonly kubeconfig?: string | undefined;
    /** Folder of the sandbox whose world this is. */
    readonly sandbox?: string | undefined;
}

/** A stack to look at, as often as somebody wants. */
export class Target {
    readonly commands: Commands;
    private readonly stack: Stack;
    private readonly azure: AzureReader;
    private readonly cluster: ClusterReader;
    private asked: { readonly at: number; readonly answer: Promise<Observation["azure"]> } | undefined;

    /** @throws StatusError if there is no such stack or kubeconfig. */
    constructor(private readonly options: TargetOptions) {
        const { stack, kubeconfig, sandbox } = options;
        if (kubeconfig !== undefined && !fs.existsSync(kubeconfig)) {
            throw new StatusError(`--kubeconfig ${kubeconfig}: there is no such file`);
        }
        this.stack = readStack(repository, stack);
        this.commands =
            sandbox === undefined
                ? {
                      kubectl: "kubectl",
                      up: `pulumi up --stack ${stack}`,
                      examine: `npm run doctor -- --stack ${stack}`,
                  }
                : {
                      kubectl: `npm run sandbox -- kubectl --stack ${stack}`,
                      up: `npm start -- --stack ${stack}`,
                      examine: `npm run doctor -- --stack ${stack} --sandbox`,
                  };
        this.azure = new AzureReader(this.stack);
        this.cluster = new ClusterReader(() => this.kubeconfig());
    }

    /** One look at everything. What cannot be read is not known, and no more. */
    async look(): Promise<Observation> {
        const [azure, cluster] = await Promise.all([this.askAzure(), this.cluster.read()]);
        const gitops = path.join(repository, "gitops");
        const tree = await known(Promise.resolve().then(() => readTree(gitops, this.stack.environment)));
        return { at: new Date().toISOString(), azure, cluster, tree };
    }

    private askAzure(): Promise<Observation["azure"]> {
        if (!this.asked || Date.now() - this.asked.at > azureSeconds * 1000) {
            this.asked = { at: Date.now(), answer: known(this.azure.read()) };
        }
        return this.asked.answer;
    }

    /** The one that was named; that of the sandbox's administrator; one's own for this cluster; or Azure's. */
    private async kubeconfig(): Promise<string> {
        const { kubeconfig, sandbox, stack } = this.options;
        if (kubeconfig !== undefined) {
            return fromFile(kubeconfig);
        }
        const { cluster } = this.stack.names("");
        if (sandbox !== undefined) {
            const { clusters } = await control<WorldStatus>(sandbox, "GET", "/status");
            const found = clusters.find(({ name }) => name === cluster);
            if (!found) {
                throw new Error(`stack ${stack} has no cluster yet`);
            }
            return fs.readFileSync(found.adminKubeconfig, "utf8");
        }
        return ownKubeconfig(cluster) ?? this.azure.kubeconfig();
    }
}

function fromFile(file: string): string {
    const config = new KubeConfig();
    config.loadFromFile(file);
    return config.exportConfig();
}

/** What `az aks get-credentials` has written: a context of the cluster's name in the kubeconfig that kubectl reads. */
function ownKubeconfig(cluster: string): string | undefined {
    const config = new KubeConfig();
    config.loadFromDefault();
    if (!config.getContexts().some(({ name }) => name === cluster)) {
        return undefined;
    }
    config.setCurrentContext(cluster);
    return config.exportConfig();
}
