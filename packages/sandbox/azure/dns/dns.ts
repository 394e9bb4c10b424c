import { createHash, randomUUID } from "node:crypto";
import { ArmError } from "../arm/arm-error";
import { parentOf } from "../arm/resource-id";
import type { ResourceProvider } from "../arm/resource-provider";

const topLevels = ["com", "net", "org", "info"];

export const zone: ResourceProvider = {
    properties({ address, inputs }) {
        const shard = createHash("sha256").update(address.id.toLowerCase()).digest().readUInt8(0) % 10;
        const servers = topLevels.map((domain, index) => `ns${index + 1}-0${shard}.azure-dns.${domain}.`);
        return {
            zoneType: "Public",
            ...inputs,
            nameServers: servers,
            maxNumberOfRecordSets: 10000,
            numberOfRecordSets: 2,
            etag: randomUUID(),
        };
    },
};

/** A CNAME stands alone at its name, and only the zone's apex has SOA. */
export const recordSet: ResourceProvider = {
    check({ state, address, inputs }) {
        const { recordType = "", relativeRecordSetName = "" } = address.parameters;
        const field = { A: "aRecords", AAAA: "aaaaRecords", CAA: "caaRecords", CNAME: "cnameRecord", MX: "mxRecords" }[
            recordType.toUpperCase()
        ];
        if (field !== undefined && inputs[field] === undefined && inputs.targetResource === undefined) {
            throw new ArmError(400, "BadRequest", `A record set of type ${recordType} needs '${field}'.`, field);
        }
        const zoneId = parentOf(address.id)?.toLowerCase();
        const neighbours = state
            .ofType("dns:RecordSet")
            .filter((other) => parentOf(other.address.id)?.toLowerCase() === zoneId)
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
        return { ttl: 3600, ...inputs, fqdn, etag: randomUUID(), provisioningState: "Succeeded" };
    },
};
