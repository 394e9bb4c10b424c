import type { HttpRequest } from "../../network/route";
import type { AzureState, Resource } from "../state";

/** A request to a vault, from somebody whose token is right. */
export interface VaultCall {
    readonly state: AzureState;
    readonly vault: Resource;
    readonly request: HttpRequest;
    /** @throws VaultError unless the caller may do this data action there, such as `getSecret/action` on a secret. */
    readonly demand: (id: string, action: string) => void;
}
