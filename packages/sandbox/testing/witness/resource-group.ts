import { cassettes } from "./cassettes";
import { none, type Witness } from "./expectation";

const { resourceGroup: seen } = cassettes;
const path = "/subscriptions/{subscription}/resourceGroups/made";
const apiVersion = "2020-06-01";

export const resourceGroup: Witness = {
    title: "Resource group",
    ground: "nothing",
    exchanges: [
        {
            send: { method: "PUT", path, apiVersion, body: { location: "westus2", name: "made" } },
            facts: [
                {
                    says: "A PUT is answered at once: 201 for a new group, with `provisioningState` Succeeded",
                    seen: [seen, 0],
                    status: 201,
                    headers: { "azure-asyncoperation": none, location: none },
                    body: { properties: { provisioningState: "Succeeded" } },
                },
                {
                    says: "`type` is `Microsoft.Resources/resourceGroups`",
                    seen: [seen, 0, 1],
                    body: { type: "Microsoft.Resources/resourceGroups", id: /\/resourceGroups\/made$/ },
                },
            ],
        },
        {
            send: { method: "PUT", path, apiVersion, body: { location: "westus2", tags: { a: "1" } } },
            facts: [
                {
                    says: "A PUT of one that is there answers 200",
                    seen: [seen, 2],
                    status: 200,
                    body: { tags: { a: "1" } },
                },
            ],
        },
        {
            send: { method: "DELETE", path, apiVersion },
            facts: [
                {
                    says: "A DELETE is answered with 202, `Location`, `Retry-After` 15 and no body",
                    seen: [seen, 5],
                    status: 202,
                    headers: { location: /^https:/, "azure-asyncoperation": none, "retry-after": "15" },
                    body: none,
                },
            ],
        },
        {
            after: 71,
            send: { method: "GET", path: "@result" },
            facts: [{ says: "Then its result is 200 without a body", seen: [seen, 6], status: 200, body: none }],
        },
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "A group that is gone is 404 ResourceGroupNotFound, said by the gateway",
                    seen: [seen, 7],
                    status: 404,
                    headers: { "x-ms-failure-cause": "gateway" },
                    body: {
                        error: { code: "ResourceGroupNotFound", message: "Resource group 'made' could not be found." },
                    },
                },
            ],
        },
    ],
};
