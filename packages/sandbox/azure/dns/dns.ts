import { createHash, randomUUID } from "node:crypto";
import { ArmError } from "../arm/arm-error";
import { takes } from "../arm/operations";
import { parentOf } from "../arm/resource-id";
import type { ResourceProvider } from "../arm/resource-provider";
import type { AzureState, Resource } from "../state";

const topLevels = ["com", "net", "org", "info"];

export const zone: ResourceProvider = {
    writing: () => takes(4),
    deleting: () => ({ seconds: 10, follow: "both", retryAfterSeconds: 3 }),
    view: (state, { address }) => ({ numberOfRecordSets: 2 + recordSetsOf(state, address.id).length }),
    properties({ address, inputs }) {
        const shard = createHash("sha256").update(address.id.toLowerCase()).digest().readUInt8(0) % 10;
        const servers = topLevels.map((domain, index) => `ns${index + 1}-0${shard}.azure-dns.${domain}.`);
        return {
            tags: {},
            zoneType: "Public",
            ...inputs,
            nameServers: servers,
            maxNumberOfRecordSets: 10000,
            maxNumberOfRecordsPerRecordSet: null,
            etag: randomUUID(),
        };
    },
};

/** A CNAME stands alone at its name, and only the zone's apex has SOA. */
export const recordSet: ResourceProvider = {
    writing: () => takes(0.8),
    deleting: () => takes(0.8),
    notFound(state, { name, parameters }) {
        const group = `resource group '${parameters.resourceGroupName}' of subscription '${state.subscriptionId}'`;
        return new ArmError(404, "NotFound", `The resource record '${name}' does not exist in ${group}.`).asBare();
    },
    check({ state, address, inputs }) {
        const { recordType = "", relativeRecordSetName = "" } = address.parameters;
        const field = { A: "aRecords", AAAA: "aaaaRecords", CAA: "caaRecords", CNAME: "cnameRecord", MX: "mxRecords" }[
            recordType.toUpperCase()
        ];
        if (field !== undefined && inputs[field] === undefined && inputs.targetResource === undefined) {
            throw new ArmError(400, "BadRequest", `A record set of type ${recordType} needs '${field}'.`, field);
        }
        const neighbours = recordSetsOf(state, parentOf(address.id) ?? "")
            .filter((other) => other.address.name.toLowerCase() === relativeRecordSetName.toLowerCase())
            .map((other) => (other.address.parameters.recordType ?? "").toUpperCase())
            .filter((type) => type !== recordType.toUpperCase());
        const alone = recordType.toUpperCase() === "CNAME" ? neighbours.length > 0 : neighbours.includes("CNAME");
        if (alone || (recordType.toUpperCase() === "CNAME" && relativeRecordSetName === "@")) {
            throw new ArmError(
                400,
                "BadRequest",
                `The record could not be created because a CNAME record may not share the name '${relativeRecordSetName}'.`,
                "relativeRecordSetName",
            );
        }
    },
    properties({ address, inputs }) {
        const zoneName = address.parameters.zoneName ?? "";
        const fqdn = address.name === "@" ? `${zoneName}.` : `${address.name}.${zoneName}.`;
        const filled = { ttl: 3600, targetResource: {}, trafficManagementProfile: {} };
        return { ...filled, ...inputs, fqdn, etag: randomUUID(), provisioningState: "Succeeded" };
    },
};

function recordSetsOf(state: AzureState, zoneId: string): Resource[] {
    return state
        .ofType("dns:RecordSet")
        .filter(({ address }) => parentOf(address.id)?.toLowerCase() === zoneId.toLowerCase());
}
