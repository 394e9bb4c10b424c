import type { Properties } from "../../plugins/provider";
import type { ClusterHost } from "../aks/clusters";
import type { AzureState, Resource } from "../state";
import type { Caller } from "./access";
import type { ArmError } from "./arm-error";
import type { OperationPlan } from "./operations";
import type { ResourceId } from "./resource-id";

/** What a service looks at. */
export interface Context {
    readonly state: AzureState;
    readonly clusters: ClusterHost;
    readonly caller: Caller;
}

/** A PUT that the schema, the permissions and the parents already allow. */
export interface PutContext extends Context {
    readonly address: ResourceId;
    /** Without path parameters. */
    readonly inputs: Properties;
    readonly previous: Resource | undefined;
}

export interface Removal extends Context {
    readonly resource: Resource;
    /** What was in or on it, and goes with it. */
    readonly inner: readonly Resource[];
}

/** What a service does beyond what schemas say. Checks throw an ArmError. */
export interface ResourceProvider {
    check?(put: PutContext): void;
    /** All that a GET shows; by default the inputs and `provisioningState: Succeeded`. */
    properties?(put: PutContext): Properties;
    /** What a GET shows of other resources, beside `properties`. */
    view?(state: AzureState, resource: Resource): Properties;
    /** How a PUT runs that is answered before it is done. */
    writing?(put: PutContext): OperationPlan | undefined;
    /** How a DELETE runs that is answered before it is done. */
    deleting?(removal: Removal): OperationPlan | undefined;
    /** Status of the answer to a PUT that makes the resource, and to one that changes it. @default - [201, 200] */
    readonly statuses?: readonly [number, number];
    /** The body of the answer to a PUT, where it is not what a GET shows from then on; undefined for none. */
    answer?(shown: Properties, put: PutContext): Properties | undefined;
    /** Headers of the answer to a PUT. */
    headers?(shown: Properties, put: PutContext): Readonly<Record<string, string>>;
    /** Whether a DELETE is answered with what was deleted. */
    readonly showsDeleted?: boolean;
    /** Runs once the resource is stored; when it throws, a new resource is taken away again. */
    written?(put: PutContext, resource: Resource): Promise<void>;
    /** What a GET of one that is not there is answered. @default - Resource Manager's own answer */
    notFound?(state: AzureState, address: ResourceId): ArmError | undefined;
    checkRemoval?(removal: Removal): void;
    /** Runs once the resource, and all in and on it, is gone. */
    removed?(removal: Removal): Promise<void>;
}

/** What the previous PUT computed, so that it stays as it was; `make` is for the first. */
export function kept<T>(put: PutContext, name: string, make: () => T): T {
    return (put.previous?.properties[name] as T | undefined) ?? make();
}
