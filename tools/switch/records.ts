import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { ArmClient, refusal } from "../../components/azure/arm-client";
import { accessToken } from "../status/read/azure";

interface RecordSet {
    readonly name: string;
    readonly properties: { readonly ARecords?: readonly { readonly ipv4Address: string }[] };
}

/** The addresses at which a cluster is reached from outside. */
export async function addressesOf(config: KubeConfig): Promise<ReadonlySet<string>> {
    const { items } = await config.makeApiClient(CoreV1Api).listServiceForAllNamespaces();
    return new Set(items.flatMap(({ status }) => (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])));
}

/** Names in a zone that lead to one of these addresses. @throws UserError if Azure does not say. */
export async function recordsAt(zoneId: string, addresses: ReadonlySet<string>): Promise<readonly string[]> {
    const arm = new ArmClient(await accessToken("https://management.azure.com"));
    const found: string[] = [];
    for (let next: string | undefined = `${zoneId}/A?api-version=2018-05-01`; next !== undefined;) {
        const answer = await arm.ask(next);
        if (answer.status !== 200) {
            throw refusal(`which records ${zoneId} has`, answer);
        }
        const { value, nextLink } = answer.body as {
            readonly value?: readonly RecordSet[];
            readonly nextLink?: string;
        };
        const here = (value ?? []).filter(({ properties }) =>
            (properties.ARecords ?? []).some(({ ipv4Address }) => addresses.has(ipv4Address)),
        );
        found.push(...here.map(({ name }) => name));
        next = nextLink?.replace(/^https:\/\/[^/]+/, "");
    }
    return found;
}
