/**
 * What operators do for the kinds that the tree uses, since their pods run nothing here: the status that Flux waits
 * for, and some children. Each acts while a Deployment with the image of its controller has an available pod, so a
 * custom resource whose operator is not installed stays without status, as it does in a cluster.
 *
 * They act as the service account of that Deployment, so what they do is what the chart's roles allow. What each leaves
 * out is said in its own file.
 */
import { isDeepStrictEqual } from "node:util";
import type { V1CustomResourceDefinition, V1Deployment } from "@kubernetes/client-node";
import { follow } from "../kubernetes/follow";
import type { KubernetesObject } from "../kubernetes/object";
import { KindLoop } from "./kind-loop";
import { type Kind, type Operator, type OperatorContext, type Place, placeOf } from "./operator";

type Deployed = V1Deployment & KubernetesObject;
type Definition = V1CustomResourceDefinition & KubernetesObject;

export class Operators {
    private readonly aborted = new AbortController();
    private readonly following: Promise<unknown>;
    /** Where each operator has an available Deployment, by the Deployments' uids. */
    private readonly deployed = new Map<Operator, Map<string, Place>>();
    /** Names of the definitions that the API server serves. */
    private readonly definitions = new Set<string>();
    private readonly loops = new Map<Kind, KindLoop>();
    private readonly stopping = new Set<Promise<void>>();

    /** @param report hears what went wrong and is tried again. */
    constructor(
        private readonly operators: readonly Operator[],
        private readonly context: OperatorContext,
        private readonly report: (message: string) => void,
    ) {
        operators.forEach((operator) => this.deployed.set(operator, new Map()));
        const followEach = <T extends KubernetesObject>(
            path: string,
            changed: (object: T, isThere: boolean) => void,
        ) => {
            const handler = {
                changed: (object: T) => changed(object, true),
                deleted: (object: T) => changed(object, false),
                // The node agent reports of the same API server.
                failed: () => undefined,
            };
            return follow(context.admin, path, handler, this.aborted.signal);
        };
        this.following = Promise.all([
            followEach<Deployed>("/apis/apps/v1/deployments", (each, isThere) => this.deployment(each, isThere)),
            followEach<Definition>("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", (each, isThere) =>
                this.definition(each, isThere),
            ),
        ]);
    }

    async stop(): Promise<void> {
        this.aborted.abort();
        await this.following;
        [...this.loops.keys()].forEach((kind) => this.end(kind));
        await Promise.all(this.stopping);
    }

    private deployment(deployment: Deployed, isThere: boolean): void {
        const { uid } = deployment.metadata;
        for (const [operator, places] of this.deployed) {
            const place = isThere ? placeOf(operator, deployment) : undefined;
            if (isDeepStrictEqual(places.get(uid), place)) {
                continue;
            }
            if (place) {
                places.set(uid, place);
            } else {
                places.delete(uid);
            }
            operator.kinds.forEach((kind) => this.end(kind));
            this.update(operator);
        }
    }

    private definition({ metadata, status }: Definition, isThere: boolean): void {
        const isServed = status?.conditions?.some(
            ({ type, status: value }) => type === "Established" && value === "True",
        );
        if (isThere && isServed === true) {
            this.definitions.add(metadata.name);
        } else {
            this.definitions.delete(metadata.name);
        }
        this.operators.forEach((operator) => this.update(operator));
    }

    /** Starts and ends the loops of an operator's kinds. */
    private update(operator: Operator): void {
        const [place] = this.deployed.get(operator)?.values() ?? [];
        for (const kind of operator.kinds) {
            const isServed = kind.builtIn === true || this.definitions.has(`${kind.plural}.${kind.group}`);
            if (place === undefined || !isServed || this.aborted.signal.aborted) {
                this.end(kind);
            } else if (!this.loops.has(kind)) {
                const report = (message: string) => this.report(`${operator.name}: ${message}`);
                const api = this.context.admin.asServiceAccount(place.namespace, place.serviceAccount);
                this.loops.set(kind, new KindLoop(kind, { ...this.context, ...place, api }, report));
            }
        }
    }

    private end(kind: Kind): void {
        const loop = this.loops.get(kind);
        this.loops.delete(kind);
        if (loop) {
            const stopped = loop.stop().finally(() => this.stopping.delete(stopped));
            this.stopping.add(stopped);
        }
    }
}
