import type { HttpRequest, HttpResponse } from "../../network/route";
import type { AzureState, Resource } from "../state";
import type { KeyVersions } from "./key-versions";

/** A request to a vault, from a caller whose token is valid. */
export interface VaultCall {
    readonly state: AzureState;
    readonly vault: Resource;
    readonly versions: KeyVersions;
    readonly request: HttpRequest;
    /** ARM id of the key or secret in the path; of the collection when the path names none. */
    readonly id: string;
    /** The version in the path; "" stands for the current one. */
    readonly version: string;
    /** @throws VaultError unless the caller may do this data action, such as `getSecret/action`, on `scope` (`id`). */
    readonly demand: (action: string, scope?: string) => void;
}

export type VaultOperation = (call: VaultCall) => HttpResponse;

/** An operation of the data plane, with the pattern of its path. */
export type VaultRoute = readonly [method: string, path: string, operation: VaultOperation];
