import { ArmError } from "./arm-error";
import { armType } from "./resource-id";

/** Services whose own refusals have no `error` around them. */
const bareServices = ["microsoft.containerservice/", "microsoft.network/dnszones"];

/** Runs what a service decides about a resource, so that its refusals look as that service's do. */
export function asService<Result>(id: string, decide: () => Result): Result {
    try {
        return decide();
    } catch (error) {
        const type = armType(id).toLowerCase();
        throw error instanceof ArmError && bareServices.some((service) => type.startsWith(service))
            ? error.asBare()
            : error;
    }
}
