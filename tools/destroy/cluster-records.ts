import { type ArmClient, refusal } from "../../components/azure/arm-client";

/** A record set of a DNS zone, as Azure Resource Manager shows it. */
interface RecordSet {
    readonly id: string;
    readonly name: string;
    /** Such as `Microsoft.Network/dnszones/A`. */
    readonly type: string;
    readonly properties: { readonly TXTRecords?: readonly { readonly value: readonly string[] }[] };
}

/** A record that a cluster made. */
export interface ClusterRecord {
    readonly id: string;
    /** Its type and host name, such as `A www.example.com`. */
    readonly title: string;
}

/** https://learn.microsoft.com/rest/api/dns/record-sets/list-by-dns-zone */
const apiVersion = "2018-05-01";

/**
 * The records of a zone that external-dns made for a cluster, and those by which it says so: TXT records with its mark
 * and the cluster's name, called after the type and the name of the record (`a-www` for A record `www`).
 * @see https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt/
 *
 * @throws ArmRefusal if Azure does not list the zone's records.
 */
export async function clusterRecords(arm: ArmClient, zoneId: string, cluster: string): Promise<ClusterRecord[]> {
    const sets = await recordSets(arm, zoneId);
    const marks = sets.filter((set) => isMark(set, cluster));
    const marked = marks.flatMap(({ name }) => {
        const [, type = "", record = ""] = /^([a-z]+)-(.+)$/.exec(name) ?? [];
        return sets.filter((set) => typeOf(set).toLowerCase() === type && set.name === record);
    });
    const domain = zoneId.slice(zoneId.lastIndexOf("/") + 1);
    return [...marked, ...marks].map((set) => ({ id: set.id, title: `${typeOf(set)} ${set.name}.${domain}` }));
}

async function recordSets(arm: ArmClient, zoneId: string): Promise<RecordSet[]> {
    const sets: RecordSet[] = [];
    for (let path: string | undefined = `${zoneId}/recordsets?api-version=${apiVersion}`; path !== undefined;) {
        const answer = await arm.ask(path);
        if (answer.status !== 200) {
            throw refusal(`which records ${zoneId} has`, answer);
        }
        const { value = [], nextLink } = answer.body as { value?: readonly RecordSet[]; nextLink?: string };
        sets.push(...value);
        path = nextLink === undefined ? undefined : nextLink.replace(/^https:\/\/[^/]+/, "");
    }
    return sets;
}

function typeOf({ type }: RecordSet): string {
    return type.slice(type.lastIndexOf("/") + 1);
}

function isMark(set: RecordSet, cluster: string): boolean {
    const texts = (set.properties.TXTRecords ?? []).map(({ value }) => value.join("").replaceAll('"', "").split(","));
    return texts.some(
        (parts) => parts.includes("heritage=external-dns") && parts.includes(`external-dns/owner=${cluster}`),
    );
}

/** Deletes a record. Gives Azure's words if it refuses. */
export async function deleteRecord(arm: ArmClient, { id }: ClusterRecord): Promise<string | undefined> {
    const answer = await arm.remove(`${id}?api-version=${apiVersion}`);
    return answer.status < 300 || answer.status === 404 ? undefined : refusal(`that it deletes ${id}`, answer).message;
}
