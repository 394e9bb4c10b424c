import { cassettes } from "./cassettes";
import { type Exchange, none, some } from "./expectation";

const { cluster2025, defaultServiceMsi } = cassettes;

/** The rest of an update that began right after another, and a deletion right after that. */
export const preempted = (path: string, apiVersion: string): readonly Exchange[] => [
    {
        send: { method: "GET", path: "@status" },
        facts: [
            {
                says: "An operation that begins right after another carries `error` (NotLatestOperation) while it runs",
                seen: [defaultServiceMsi, 22],
                status: 200,
                body: { status: "InProgress", error: { code: "NotLatestOperation", message: some } },
            },
        ],
    },
    {
        after: 140,
        send: { method: "GET", path: "@status" },
        facts: [
            {
                says: "It carries that `error` when it has succeeded, too",
                seen: [defaultServiceMsi, 27],
                status: 200,
                body: { status: "Succeeded", endTime: some, error: { code: "NotLatestOperation", message: some } },
            },
        ],
    },
    {
        send: { method: "DELETE", path, apiVersion },
        facts: [
            {
                says: "A DELETE is answered with 202, no body, `Azure-AsyncOperation` and `Location`",
                seen: [cluster2025, 65],
                status: 202,
                headers: { "azure-asyncoperation": /\/operations\//, location: /\/operationresults\// },
                body: none,
            },
        ],
    },
    {
        send: { method: "GET", path: "@status" },
        facts: [
            {
                says: "So does a deletion",
                seen: [cluster2025, 66],
                status: 200,
                body: { status: "InProgress", error: { code: "NotLatestOperation", message: some } },
            },
        ],
    },
    {
        after: 260,
        send: { method: "GET", path, apiVersion },
        facts: [
            {
                says: "A cluster that is gone is 404 ResourceNotFound of the gateway, which names type and name",
                seen: [cluster2025, 69],
                status: 404,
                headers: { "x-ms-failure-cause": "gateway" },
                body: {
                    error: {
                        code: "ResourceNotFound",
                        message:
                            /^The Resource 'Microsoft\.ContainerService\/managedClusters\/demo' under resource group 'rg' was not found\./,
                    },
                },
            },
        ],
    },
];
