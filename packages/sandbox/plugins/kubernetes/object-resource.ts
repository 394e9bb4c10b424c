import { ApiError } from "../../kubernetes/api-error";
import { InitializationError } from "../initialization-error";
import type { Properties, ResourceState } from "../provider";
import { type Cluster, fieldManager, UnknownKindError } from "./cluster";
import { describe, idOf, type ObjectReference, parseReference, type ResourceObject } from "./object";
import { asProperties, pruneToInputs } from "./object-inputs";
import { waitsFor } from "./readiness";
import type { KubernetesSettings } from "./settings";
import { Deadline, waitUntilGone, waitUntilReady } from "./waiting";

/** As the real provider waits for most kinds. */
const defaultTimeoutSeconds = 600;

/** Creates, updates, reads and deletes objects of any kind but Helm releases. */
export class ObjectResource {
    constructor(
        private readonly cluster: Cluster,
        private readonly settings: KubernetesSettings,
        private readonly signal: AbortSignal,
    ) {}

    /** @throws an Error when the object exists already, unless `upsertExistingObjects` is set. */
    async create(inputs: Properties, timeoutSeconds: number): Promise<ResourceState> {
        const deadline = this.deadline(inputs, timeoutSeconds);
        const object = inputs as unknown as ResourceObject;
        const applied = await this.onceKindIsThere(deadline, async () => {
            const reference = await this.cluster.complete(referenceIn(object));
            if (!this.settings.upsertExistingObjects && (await this.cluster.get(reference))) {
                throw new Error(
                    `${describe(reference)} exists already: import it (pulumi import), or delete it, or set ` +
                        "upsertExistingObjects on the provider to take it over.",
                );
            }
            return this.apply(reference, object);
        });
        return this.settled(applied, deadline);
    }

    async update(inputs: Properties, timeoutSeconds: number): Promise<ResourceState> {
        const deadline = this.deadline(inputs, timeoutSeconds);
        const object = inputs as unknown as ResourceObject;
        const applied = await this.onceKindIsThere(deadline, async () =>
            this.apply(await this.cluster.complete(referenceIn(object)), object),
        );
        return this.settled(applied, deadline);
    }

    async read(
        type: string,
        id: string,
        inputs: Properties | undefined,
    ): Promise<(ResourceState & { inputs: Properties }) | undefined> {
        const live = await this.cluster.get(parseReference(type, id));
        if (!live) {
            return undefined;
        }
        const current = inputs === undefined ? importedInputs(live) : pruneToInputs(inputs, withStringData(live));
        return { ...stateOf(live), inputs: current as Properties };
    }

    /**
     * Deletes the object and waits until it is gone. @throws an Error at the timeout, naming the finalizers in its way.
     */
    async delete(type: string, id: string, inputs: Properties, timeoutSeconds: number): Promise<void> {
        const annotations = annotationsOf(inputs);
        const reference = parseReference(type, id);
        const found = await this.cluster.get(reference);
        if (!found) {
            return;
        }
        const policy = annotations["pulumi.com/deletionPropagationPolicy"] ?? "foreground";
        await this.cluster.delete(reference, policy.charAt(0).toUpperCase() + policy.slice(1));
        if (annotations["pulumi.com/skipAwait"] !== "true") {
            await waitUntilGone(this.cluster, reference, found.metadata.uid, this.deadline(inputs, timeoutSeconds));
        }
    }

    private async apply(reference: ObjectReference, object: ResourceObject): Promise<ResourceObject> {
        const isForced = this.settings.enablePatchForce || annotationsOf(object)["pulumi.com/patchForce"] === "true";
        const { namespace } = reference;
        const body = { ...object, metadata: { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) } };
        try {
            return await this.cluster.apply(reference, body, isForced);
        } catch (error) {
            if (error instanceof ApiError && error.reason === "Conflict") {
                throw new Error(
                    `${error.message}. Those fields belong to that manager, not to ${fieldManager}: leave them to it, or ` +
                        'take them over with the annotation "pulumi.com/patchForce": "true".',
                );
            }
            throw error;
        }
    }

    /** A CustomResourceDefinition may be on its way, created by something that was not waited for. */
    private async onceKindIsThere<T>(deadline: Deadline, attempt: () => Promise<T>): Promise<T> {
        for (;;) {
            try {
                return await attempt();
            } catch (error) {
                const isOver = this.signal.aborted || !(error instanceof UnknownKindError);
                if (isOver || !(await deadline.pause())) {
                    throw error;
                }
            }
        }
    }

    private async settled(applied: ResourceObject, deadline: Deadline): Promise<ResourceState> {
        const { object, reasons } = await waitUntilReady(this.cluster, applied, waitsFor(applied), deadline);
        const state = stateOf(object);
        if (reasons.length > 0) {
            throw new InitializationError(state.id, state.outputs, [reasons.join("\n  ")], state.secrets);
        }
        return state;
    }

    private deadline(inputs: Properties, timeoutSeconds: number): Deadline {
        const asked = Number(annotationsOf(inputs)["pulumi.com/timeoutSeconds"] ?? timeoutSeconds);
        return new Deadline(asked > 0 ? asked : defaultTimeoutSeconds, this.signal);
    }
}

function referenceIn({ apiVersion, kind, metadata: { name, namespace } }: ResourceObject): ObjectReference {
    return { apiVersion, kind, name, namespace };
}

function stateOf(live: ResourceObject): ResourceState & { secrets: readonly string[] } {
    const metadata = Object.entries(live.metadata).filter(([key]) => key !== "managedFields");
    return {
        id: idOf({ ...live, ...live.metadata }),
        outputs: { ...live, metadata: Object.fromEntries(metadata) },
        secrets: live.apiVersion === "v1" && live.kind === "Secret" ? ["data", "stringData"] : [],
    };
}

/** What an import records: the object without what the API server adds to it. */
function importedInputs({ apiVersion, kind, metadata, status: _, ...rest }: ResourceObject): Properties {
    const { name, namespace, labels, annotations } = metadata;
    const kept = Object.entries({ name, namespace, labels, annotations }).filter(([, value]) => value !== undefined);
    return { apiVersion, kind, metadata: Object.fromEntries(kept), ...rest };
}

/** The API server keeps `stringData` as `data` only. */
function withStringData(live: ResourceObject): ResourceObject {
    if (live.kind !== "Secret") {
        return live;
    }
    const data = Object.entries(asProperties(live.data));
    const decoded = data.map(([key, value]) => [key, Buffer.from(String(value), "base64").toString("utf8")]);
    return { ...live, stringData: Object.fromEntries(decoded) as Properties };
}

function annotationsOf(object: object): Readonly<Record<string, string>> {
    const metadata = asProperties((object as Properties).metadata);
    return asProperties(metadata.annotations) as Record<string, string>;
}
