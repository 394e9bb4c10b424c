import { type ArmClient, pagesOf, refusal } from "../components/azure/arm-client";

/** A record set of a DNS zone, as Azure Resource Manager shows it. */
export interface RecordSet {
    readonly id: string;
    readonly name: string;
    /** Such as `Microsoft.Network/dnszones/A`. */
    readonly type: string;
    readonly properties: {
        readonly ARecords?: readonly { readonly ipv4Address: string }[];
        readonly TXTRecords?: readonly { readonly value: readonly string[] }[];
    };
}

/** https://learn.microsoft.com/rest/api/dns/record-sets/list-by-dns-zone */
export const recordsVersion = "2018-05-01";

/**
 * The record sets of a zone, of one type or of all.
 *
 * @throws ArmRefusal if Azure does not list them.
 */
export async function recordSets(arm: ArmClient, zoneId: string, type: "A" | "recordsets"): Promise<RecordSet[]> {
    const sets: RecordSet[] = [];
    for await (const answer of pagesOf(`${zoneId}/${type}?api-version=${recordsVersion}`, (page) => arm.ask(page))) {
        if (answer.status !== 200) {
            throw refusal(`which records ${zoneId} has`, answer);
        }
        sets.push(...((answer.body.value ?? []) as readonly RecordSet[]));
    }
    return sets;
}
