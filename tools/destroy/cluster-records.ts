import { type ArmClient, refusal } from "../../components/azure/arm-client";
import { type RecordSet, recordSets, recordsVersion } from "../record-sets";

/** A record that a cluster made. */
export interface ClusterRecord {
    readonly id: string;
    /** Its type and host name, such as `A www.example.com`. */
    readonly title: string;
}

/**
 * The records of a zone that external-dns made for a cluster, and those by which it says so: TXT records with its mark
 * and the cluster's name, called after the type and the name of the record (`a-www` for A record `www`).
 * @see https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt/
 *
 * @throws ArmRefusal if Azure does not list the zone's records.
 */
export async function clusterRecords(arm: ArmClient, zoneId: string, cluster: string): Promise<ClusterRecord[]> {
    const sets = await recordSets(arm, zoneId, "recordsets");
    const marks = sets.filter((set) => isMark(set, cluster));
    const marked = marks.flatMap(({ name }) => {
        const [, type = "", record = ""] = /^([a-z]+)-(.+)$/.exec(name) ?? [];
        return sets.filter((set) => typeOf(set).toLowerCase() === type && set.name === record);
    });
    const domain = zoneId.slice(zoneId.lastIndexOf("/") + 1);
    return [...marked, ...marks].map((set) => ({ id: set.id, title: `${typeOf(set)} ${set.name}.${domain}` }));
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
    const answer = await arm.remove(`${id}?api-version=${recordsVersion}`);
    return answer.status < 300 || answer.status === 404 ? undefined : refusal(`that it deletes ${id}`, answer).message;
}
