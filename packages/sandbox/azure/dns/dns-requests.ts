/**
 * What DNS has beyond other resources of Resource Manager, as external-dns and cert-manager use it: record sets of a
 * zone in one list, and writes under conditions.
 * Not modelled: pages, the record sets NS and SOA that every zone has, and what a resolver would be told.
 */
import type { HttpRequest, HttpResponse } from "../../network/route";
import { authorize, type Caller } from "../arm/access";
import { ArmError } from "../arm/arm-error";
import { asService } from "../arm/bare-errors";
import { show } from "../arm/read-resource";
import { parentOf, parseResourceId } from "../arm/resource-id";
import type { Service } from "../arm/service";

/**
 * Answers the list of a zone's record sets; undefined for any other request.
 * @throws an ArmError `PreconditionFailed` when `If-Match` or `If-None-Match: *` of a write does not hold.
 */
export function answerDns(
    service: Service,
    caller: Caller,
    path: string,
    request: HttpRequest,
): HttpResponse | undefined {
    const [, zoneId, kind = ""] = /^(.*\/Microsoft\.Network\/dnsZones\/[^/]+)\/([^/]+)$/i.exec(path) ?? [];
    if (request.method === "GET" && zoneId !== undefined) {
        return { status: 200, body: list(service, caller, zoneId, kind) };
    }
    if (request.method === "PUT" || request.method === "DELETE") {
        asService(path, () => checkConditions(service, path, request));
    }
    return undefined;
}

/** All record sets of a zone (`recordsets` or `all`), or those of one type. */
function list(service: Service, caller: Caller, zoneId: string, kind: string) {
    authorize(service.state, caller, `Microsoft.Network/dnsZones/${kind}/read`, zoneId);
    if (!service.state.get(zoneId)) {
        throw new ArmError(404, "ParentResourceNotFound", `The zone '${zoneId}' could not be found.`);
    }
    const all = /^(all|recordsets)$/i.test(kind);
    const value = service.state
        .ofType("dns:RecordSet")
        .filter(({ address }) => parentOf(address.id)?.toLowerCase() === zoneId.toLowerCase())
        .filter(({ address }) => all || address.parameters.recordType?.toUpperCase() === kind.toUpperCase())
        .map((resource) => show(service, resource));
    return { value };
}

function checkConditions({ state }: Service, path: string, { headers }: HttpRequest): void {
    if (parseResourceId(path)?.type.token.startsWith("dns:") !== true) {
        return;
    }
    const current = state.get(path)?.properties.etag as string | undefined;
    const { "if-match": match, "if-none-match": noneMatch } = headers;
    const failed =
        (match !== undefined && match !== current && !(match === "*" && current !== undefined)) ||
        (noneMatch === "*" && current !== undefined);
    if (failed) {
        const kind = parseResourceId(path)?.type.token === "dns:Zone" ? "Zone" : "Record";
        const name = path.slice(path.lastIndexOf("/") + 1);
        const message = `The ${kind} ${name} has been modified (etag mismatch).`;
        throw new ArmError(412, "PreconditionFailed", message);
    }
}
