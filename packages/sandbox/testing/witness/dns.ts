import { cassettes } from "./cassettes";
import { none, some, type Witness } from "./expectation";

const { dnsZone, dnsDelegation, dnsIfMatch } = cassettes;
const path = "providers/Microsoft.Network/dnsZones/seen.example";
const record = `${path}/CNAME/record`;
const apiVersion = "2018-05-01";
const preview = "2023-07-01-preview";
const zone = { location: "global", name: "seen.example" };

export const dnsZoneAndRecords: Witness = {
    title: "DNS zone and record sets",
    exchanges: [
        {
            send: { method: "PUT", path, apiVersion, body: zone },
            facts: [
                {
                    says: "A new zone is answered with 201 at once; its `ETag` is in header and body",
                    seen: [dnsZone, 2],
                    status: 201,
                    headers: { etag: some, "azure-asyncoperation": none },
                    body: { etag: some, tags: {}, location: "global" },
                },
                {
                    says: "`id` has `dnszones`, `type` is `Microsoft.Network/dnszones`",
                    seen: [dnsZone, 2],
                    body: {
                        id: /\/providers\/Microsoft\.Network\/dnszones\/seen\.example$/,
                        type: "Microsoft.Network/dnszones",
                    },
                },
                {
                    says: "Four name servers with dots, limits, two record sets from the start",
                    seen: [dnsZone, 2],
                    body: {
                        properties: {
                            maxNumberOfRecordSets: 10000,
                            maxNumberOfRecordsPerRecordSet: null,
                            nameServers: [
                                /^ns1-\d\d\.azure-dns\.com\.$/,
                                /^ns2-\d\d\.azure-dns\.net\.$/,
                                /^ns3-\d\d\.azure-dns\.org\.$/,
                                /^ns4-\d\d\.azure-dns\.info\.$/,
                            ],
                            numberOfRecordSets: 2,
                            zoneType: "Public",
                        },
                    },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path,
                apiVersion: preview,
                body: { ...zone, tags: { a: "1" } },
                headers: { "if-match": "dummy" },
            },
            facts: [
                {
                    says: "A condition that does not hold is 412, without `error` around it",
                    seen: [dnsIfMatch, 4],
                    status: 412,
                    body: {
                        error: none,
                        code: "PreconditionFailed",
                        message: "The Zone seen.example has been modified (etag mismatch).",
                    },
                },
            ],
        },
        {
            send: { method: "GET", path: `${path}/NS/nursery`, apiVersion: preview },
            facts: [
                {
                    says: "A record set that is not there is 404 NotFound of DNS itself, without `error` around it",
                    seen: [dnsDelegation, 3],
                    status: 404,
                    headers: { "x-ms-failure-cause": none },
                    body: {
                        error: none,
                        code: "NotFound",
                        message:
                            /^The resource record 'nursery' does not exist in resource group 'rg' of subscription '/,
                    },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path: record,
                apiVersion,
                body: { name: "record", properties: { CNAMERecord: { cname: "a.example" }, TTL: 3600 } },
            },
            facts: [
                {
                    says: "A new record set is answered with 201 at once: fqdn with its dot, an empty `targetResource`, `ETag` in header and body",
                    seen: [dnsZone, 5],
                    status: 201,
                    headers: { etag: some },
                    body: {
                        id: /\/dnszones\/seen\.example\/CNAME\/record$/,
                        type: "Microsoft.Network/dnszones/CNAME",
                        etag: some,
                        properties: {
                            fqdn: "record.seen.example.",
                            TTL: 3600,
                            CNAMERecord: { cname: "a.example" },
                            targetResource: {},
                            provisioningState: "Succeeded",
                        },
                    },
                },
            ],
        },
        {
            send: { method: "GET", path: record, apiVersion: preview },
            facts: [
                {
                    says: "In 2023-07-01-preview there is an empty `trafficManagementProfile` too",
                    seen: [dnsDelegation, 4],
                    body: { properties: { trafficManagementProfile: {} } },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path: record,
                apiVersion,
                body: { properties: { CNAMERecord: { cname: "a.example" }, metadata: { foo: "bar" }, TTL: 3600 } },
            },
            facts: [
                {
                    says: "A change is answered with 200",
                    seen: [dnsZone, 7],
                    status: 200,
                    body: { properties: { metadata: { foo: "bar" } } },
                },
            ],
        },
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "The zone counts its record sets",
                    seen: [dnsDelegation, 11],
                    body: { properties: { numberOfRecordSets: 3 } },
                },
            ],
        },
        {
            send: { method: "DELETE", path: record, apiVersion },
            facts: [
                {
                    says: "A DELETE of a record set is answered with 200 and no body",
                    seen: [dnsZone, 10],
                    status: 200,
                    body: none,
                },
            ],
        },
        {
            send: { method: "DELETE", path, apiVersion },
            facts: [
                {
                    says: "A DELETE of a zone is answered with 202, both headers and `Retry-After` 3",
                    seen: [dnsZone, 12],
                    status: 202,
                    headers: { "azure-asyncoperation": some, location: some, "retry-after": "3" },
                    body: none,
                },
            ],
        },
        {
            send: { method: "GET", path: "@status" },
            facts: [
                {
                    says: "Its status is 202 for as long as it runs",
                    seen: [dnsZone, 13],
                    status: 200,
                    body: { status: "InProgress" },
                    differs:
                        "Clients look at `status`, not at the code; the stand-in answers 200 as all other services do.",
                },
            ],
        },
        {
            after: 11,
            send: { method: "GET", path: "@status" },
            facts: [{ says: "Then it is Succeeded", seen: [dnsZone, 14], status: 200, body: { status: "Succeeded" } }],
        },
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "A zone that is gone is 404 of the gateway, which writes the type as it was asked",
                    seen: [dnsZone, 15],
                    status: 404,
                    headers: { "x-ms-failure-cause": "gateway" },
                    body: {
                        error: {
                            code: "ResourceNotFound",
                            message: /^The Resource 'Microsoft\.Network\/dns[zZ]ones\/seen\.example'/,
                        },
                    },
                },
            ],
        },
    ],
};
