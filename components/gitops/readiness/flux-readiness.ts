import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { BundledResource } from "../../bundled-resource";
import { UserError } from "../../user-error";
import { isSuccessor } from "../fleet/fleet-branch";
import { configuredGitHub, type ConfiguredLogin, configuredLogin, type RepositoryName } from "../fleet/github-api";
import { ClusterClient } from "./cluster-client";
import { evaluate } from "./flux-status";
import { progressOf, waitForFlux } from "./flux-wait";

export interface FluxReadinessArgs {
    /** Kubeconfig of the deployer. Secret. It holds no credential, so the one in the state does not go stale. */
    readonly kubeconfig: pulumi.Input<string>;
    /** What tells the cluster from one that is made later under the same name. */
    readonly clusterUid: pulumi.Input<string>;
    readonly repository: RepositoryName;
    readonly branch: string;
    /** Commit that every layer has to be at. */
    readonly commit: pulumi.Input<string>;
    /** The variables that the layers are built with, by name. */
    readonly variables: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
    /** Public halves of the keys that Flux fetches and decrypts with. */
    readonly keys: pulumi.Input<readonly pulumi.Input<string>[]>;
    readonly timeoutMinutes: number;
}

/** What a wait was for: a change of any of these makes an update wait again. */
interface Subject {
    readonly clusterUid: string;
    readonly commit: string;
    readonly variables: Readonly<Record<string, string>>;
    readonly keys: readonly string[];
}

interface Inputs extends Subject {
    readonly kubeconfig: string;
    readonly repository: RepositoryName;
    readonly branch: string;
    readonly timeoutMinutes: number;
}

interface Outputs extends Subject {
    readonly ready: boolean;
    readonly status: string;
}

const lookTimeoutSeconds = 20;

/** @public Of the bundle. */
export class FluxReadinessProvider implements pulumi.dynamic.ResourceProvider<Inputs, Outputs> {
    private login: ConfiguredLogin = { token: undefined, appAuth: undefined };

    async configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
        this.login = configuredLogin(config);
        return Promise.resolve();
    }

    async create(inputs: Inputs) {
        return { id: inputs.clusterUid, outs: await this.wait(inputs) };
    }

    async update(_id: string, _olds: Outputs, news: Inputs) {
        return { outs: await this.wait(news) };
    }

    async diff(_id: string, olds: Outputs, news: Inputs) {
        const same = olds.ready && isDeepStrictEqual(subjectOf(olds), subjectOf(news));
        // Whoever previews may have no access to the cluster.
        const mayLook = news.kubeconfig !== pulumi.runtime.unknownValue;
        return { changes: !same || (mayLook && !(await isReady(news))) };
    }

    private async wait(inputs: Inputs): Promise<Outputs> {
        const { kubeconfig, repository, branch, commit, timeoutMinutes } = inputs;
        const github = configuredGitHub(this.login);
        const result = await waitForFlux({
            cluster: new ClusterClient(kubeconfig),
            commit,
            isSuccessor: (other) => isSuccessor(github, repository, branch, commit, other),
            timeoutMinutes,
            // The engine shows what a provider prints.
            progress: (line) => console.log(line),
        });
        return result.ready
            ? {
                  ...subjectOf(inputs),
                  commit: result.commit,
                  ready: true,
                  status: `${result.objects.length} objects Ready at ${result.commit}`,
              }
            : { ...subjectOf(inputs), ready: false, status: `not ready: ${result.problem}` };
    }
}

function subjectOf({ clusterUid, commit, variables, keys }: Subject): Subject {
    return { clusterUid, commit, variables, keys };
}

/** One look at the cluster, which asks Flux for nothing. A cluster that does not answer counts as not ready. */
async function isReady({ kubeconfig, commit }: Inputs): Promise<boolean> {
    const unanswered = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error("no answer")), lookTimeoutSeconds * 1000).unref();
    });
    try {
        const objects = await Promise.race([new ClusterClient(kubeconfig).fluxObjects(), unanswered]);
        const status = evaluate(objects, commit);
        if (!status.ready) {
            console.log(progressOf(status));
        }
        return status.ready;
    } catch (error) {
        console.log(`Flux: ${error instanceof Error ? error.message : String(error)}`);
        return false;
    }
}

/**
 * The wait until everything that Flux reconciles is Ready with this stack's commit, variables and keys. Its result is
 * in the state.
 *
 * It is the resource that is last to be made, so a wait that fails does not fail the resource: the engine would stop
 * the program, and the stack's outputs with the way to the cluster would not be recorded. Instead the resource is made
 * with `ready` false, and the program fails with the problem once its outputs are known. The engine then deletes
 * nothing: what the update replaced, such as a deploy key, stays until an update succeeds.
 *
 * An update with the same inputs looks at the cluster once. It waits again if the last wait failed or something is not
 * Ready now. A preview and a refresh look too, for twenty seconds at most, and never wait.
 *
 * @throws UserError, which fails the program: the first object that is not ready, its newest warning and the probable
 * cause.
 */
export class FluxReadiness extends BundledResource {
    declare readonly ready: pulumi.Output<boolean>;
    /** How many objects Flux reports Ready, and at which commit; or what is not ready. */
    declare readonly status: pulumi.Output<string>;

    constructor(name: string, args: FluxReadinessArgs, opts?: pulumi.CustomResourceOptions) {
        const outputs = { ready: undefined, status: undefined };
        const kubeconfig = pulumi.secret(args.kubeconfig);
        const props = { ...args, kubeconfig, ...outputs };
        super(FluxReadinessProvider, __filename, ["gitops", "FluxReadiness"], name, props, opts);
        // Nobody reads this output, so that its failure fails the program and no other output.
        pulumi.all([this.ready, this.status]).apply(([ready, status]) => {
            if (!ready) {
                throw new UserError(status);
            }
        });
    }
}
