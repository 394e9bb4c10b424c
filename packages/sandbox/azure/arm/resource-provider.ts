import type { Properties } from "../../plugins/provider";
import type { ClusterHost } from "../aks/clusters";
import type { AzureState, Resource } from "../state";
import type { Caller } from "./access";
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
    /** Runs once the resource is stored; when it throws, a new resource is taken away again. */
    written?(put: PutContext, resource: Resource): Promise<void>;
    checkRemoval?(removal: Removal): void;
    /** Runs once the resource, and all in and on it, is gone. */
    removed?(removal: Removal): Promise<void>;
}

/** What the previous PUT computed, so that it stays as it was; `make` is for the first. */
export function kept<T>(put: PutContext, name: string, make: () => T): T {
    return (put.previous?.properties[name] as T | undefined) ?? make();
}
