import type { Properties } from "../../plugins/provider";
import { listVersions } from "../aks/kubernetes-versions";
import { authorize, type Caller } from "../arm/access";
import { normalizeRegion } from "../arm/regions";
import type { AzureState } from "../state";
import { listPermissions } from "./permissions";
import { readRegistration } from "./registrations";
import { listStorageSkus } from "./storage-skus";
import { listUsages } from "./vcpu-quota";
import { listVmSizes } from "./vm-sizes";

/** Answers a GET of what a subscription says of itself and its regions; undefined for any other path. */
export function readSubscription(
    state: AzureState,
    caller: Caller,
    path: string,
    query: URLSearchParams,
): Properties | undefined {
    const scope = `/subscriptions/${state.subscriptionId}`;
    const asked = /^\/subscriptions\/[^/]+\/providers\/(Microsoft\.\w+)\/(?:locations\/([^/]+)\/)?(\w+)$/i.exec(path);
    const [, namespace = "", location = "", kind = ""] = asked ?? [];
    const read = (action: string, answer: () => Properties) => {
        authorize(state, caller, `${namespace}/${action}/read`, scope);
        return answer();
    };
    switch (`${namespace}/${kind}`.toLowerCase()) {
        case "microsoft.compute/usages":
            return read("locations/usages", () => listUsages(state, location));
        case "microsoft.compute/skus":
            return read("skus", () => listVmSizes(state.traits, locationOf(query)));
        case "microsoft.storage/skus":
            return read("skus", listStorageSkus);
        case "microsoft.containerservice/kubernetesversions":
            return read("locations/kubernetesVersions", listVersions);
    }
    const permissions = /^(.+)\/providers\/Microsoft\.Authorization\/permissions$/i.exec(path)?.[1];
    return permissions === undefined
        ? readRegistration(state, caller, path)
        : listPermissions(state, caller, permissions);
}

/** `location eq 'westeurope'`, the only filter that the service has. */
function locationOf(query: URLSearchParams): string {
    return normalizeRegion(/^location eq '([^']+)'$/.exec(query.get("$filter") ?? "")?.[1] ?? "westeurope");
}
