/**
 * Resource Manager's DNS operations in Azure's own wire format, as external-dns and cert-manager call them (armdns
 * 1.2.0, API version 2018-05-01): zones are found, record sets are read, listed, written under conditions and deleted.
 * Not modelled: pages, the record sets NS and SOA that every zone has, and what a resolver would be told.
 */
import type { HttpRequest, HttpResponse } from "../../network/route";
import type { Properties } from "../../plugins/provider";
import { authorize, type Caller } from "../arm/access";
import { ArmError } from "../arm/arm-error";
import { deleteResource } from "../arm/delete-resource";
import { putResource } from "../arm/put-resource";
import { readPath, show } from "../arm/read-resource";
import { parentOf, parseResourceId, type ResourceId } from "../arm/resource-id";
import type { Service } from "../arm/service";

const apiVersion = "2018-05-01";
/** Names of the wire that differ from those of the package by more than their place. */
const wireNames: Readonly<Record<string, string>> = {
    ttl: "TTL",
    aRecords: "ARecords",
    aaaaRecords: "AAAARecords",
    cnameRecord: "CNAMERecord",
    mxRecords: "MXRecords",
    nsRecords: "NSRecords",
    ptrRecords: "PTRRecords",
    soaRecord: "SOARecord",
    srvRecords: "SRVRecords",
    txtRecords: "TXTRecords",
};
const envelope = ["id", "name", "type", "etag", "location", "tags"];
const left = ["azureApiVersion", "systemData"];

/** The answer to a request that is one of these operations in that version; undefined for any other. */
export async function answerDns(
    service: Service,
    caller: Caller,
    path: string,
    request: HttpRequest,
): Promise<HttpResponse | undefined> {
    const { searchParams } = request.url;
    if (searchParams.get("api-version") !== apiVersion || !/\/Microsoft\.Network\/dnsZones(\/|$)/i.test(path)) {
        return undefined;
    }
    const address = parseResourceId(path);
    if (request.method === "GET") {
        return { status: 200, body: address ? toWire(readPath(service, caller, path)) : list(service, caller, path) };
    }
    if (address?.type.token !== "dns:RecordSet") {
        throw new ArmError(405, "MethodNotAllowed", `The sandbox answers ${request.method} at record sets only.`);
    }
    checkConditions(service, address, request);
    if (request.method === "DELETE") {
        return { status: (await deleteResource(service, caller, address)) ? 200 : 204 };
    }
    const { properties = {} } = JSON.parse(request.body.toString("utf8")) as { properties?: Properties };
    const { resource, created } = await putResource(service, caller, address, fromWire(properties));
    return { status: created ? 201 : 200, body: toWire(show(service, resource)) };
}

/** Zones of a group or subscription; record sets of a zone, all (`recordsets` or `all`) or of one type. */
function list(service: Service, caller: Caller, path: string): Properties {
    const [, zoneId, kind = ""] = /^(.*\/dnsZones\/[^/]+)\/([^/]+)$/i.exec(path) ?? [];
    if (zoneId === undefined) {
        const { value } = readPath(service, caller, path) as { value: Properties[] };
        return { value: value.map(toWire) };
    }
    authorize(service.state, caller, `Microsoft.Network/dnsZones/${kind}/read`, zoneId);
    if (!service.state.get(zoneId)) {
        throw new ArmError(404, "ParentResourceNotFound", `The zone '${zoneId}' could not be found.`);
    }
    const all = /^(all|recordsets)$/i.test(kind);
    const value = service.state
        .ofType("dns:RecordSet")
        .filter(({ address }) => parentOf(address.id)?.toLowerCase() === zoneId.toLowerCase())
        .filter(({ address }) => all || address.parameters.recordType?.toUpperCase() === kind.toUpperCase())
        .map((resource) => toWire(show(service, resource)));
    return { value };
}

/** @throws an ArmError `PreconditionFailed` when `If-Match` or `If-None-Match: *` does not hold. */
function checkConditions({ state }: Service, { id }: ResourceId, { headers }: HttpRequest): void {
    const current = state.get(id)?.properties.etag as string | undefined;
    const { "if-match": match, "if-none-match": noneMatch } = headers;
    const failed =
        (match !== undefined && match !== current && !(match === "*" && current !== undefined)) ||
        (noneMatch === "*" && current !== undefined);
    if (failed) {
        const [name, value] = match === undefined ? ["If-None-Match", noneMatch] : ["If-Match", match];
        throw new ArmError(
            412,
            "PreconditionFailed",
            `The condition '${value}' in the ${name} header was not satisfied. The current was '${current ?? ""}'.`,
        );
    }
}

function toWire(shown: Properties): Properties {
    const entries = Object.entries(shown).filter(([name]) => !left.includes(name));
    const outer = entries.filter(([name]) => envelope.includes(name));
    const inner = entries.filter(([name]) => !envelope.includes(name));
    const type = String(shown.type).replace("/dnsZones", "/dnszones");
    return {
        ...Object.fromEntries(outer),
        type,
        properties: Object.fromEntries(inner.map(([name, value]) => [wireNames[name] ?? name, value])),
    };
}

function fromWire(properties: Properties): Properties {
    const names = Object.fromEntries(Object.entries(wireNames).map(([name, wire]) => [wire, name]));
    const asked = Object.entries(properties).filter(([name]) => name !== "fqdn" && name !== "provisioningState");
    return Object.fromEntries(asked.map(([name, value]) => [names[name] ?? name, value]));
}
