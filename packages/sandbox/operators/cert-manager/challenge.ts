import { randomBytes } from "node:crypto";
import { asIdentity, type AzureCall } from "../azure-access";
import type { Installed } from "../operator";
import type { AzureDns, Solver } from "./types";

/**
 * Meets the challenge of ACME for a host with the solver that cert-manager would choose. DNS-01 in Azure DNS: the
 * record is really written into the zone and taken out again, by the identity of cert-manager's pods. Nobody asks a
 * name server for it, so that the zone is delegated is not proved. HTTP-01 and other DNS services: nothing happens.
 *
 * @throws Error if no solver fits, or with what Azure says.
 */
export async function meetChallenge(host: string, solvers: readonly Solver[], installed: Installed): Promise<void> {
    const domain = host.replace(/^\*\./, "");
    const solver = solverFor(domain, solvers);
    if (!solver || (host !== domain && !solver.dns01)) {
        throw new Error(`no configured challenge solvers can be used for ${host}`);
    }
    const { azureDNS } = solver.dns01 ?? {};
    if (azureDNS) {
        await writeRecord(domain, azureDNS, installed);
    }
}

/** A solver's zone has to be the domain or above it; the longest wins, and one without selector is the last resort. */
function solverFor(domain: string, solvers: readonly Solver[]): Solver | undefined {
    const rank = ({ selector }: Solver): number => {
        if (selector?.dnsNames?.includes(domain)) {
            return 1000;
        }
        const zones = (selector?.dnsZones ?? []).filter((zone) => domain === zone || domain.endsWith(`.${zone}`));
        const isOpen = !selector?.dnsNames && !selector?.dnsZones;
        return zones.length > 0 ? Math.max(...zones.map((zone) => zone.length)) : isOpen ? 0 : -1;
    };
    const [best] = [...solvers].sort((a, b) => rank(b) - rank(a));
    return best && rank(best) >= 0 ? best : undefined;
}

async function writeRecord(domain: string, azureDns: AzureDns, installed: Installed): Promise<void> {
    const { namespace, serviceAccount, podLabels } = installed;
    if (podLabels["azure.workload.identity/use"] !== "true") {
        throw new Error("cert-manager's pods have no label azure.workload.identity/use, so they get no identity");
    }
    const { subscriptionID, resourceGroupName, hostedZoneName, managedIdentity } = azureDns;
    const group = `https://management.azure.com/subscriptions/${subscriptionID}/resourceGroups/${resourceGroupName}`;
    const zone = `${group}/providers/Microsoft.Network/dnsZones/${hostedZoneName}`;
    const record = `_acme-challenge.${domain}`.slice(0, -hostedZoneName.length - 1);
    const url = `${zone}/TXT/${record}?api-version=2018-05-01`;
    const resource = "https://management.azure.com";
    const access = { namespace, serviceAccount, resource, clientId: managedIdentity?.clientID };
    await asIdentity(installed, access, async (call) => {
        const value = randomBytes(32).toString("base64url");
        await ask(call, "PUT", url, { properties: { TTL: 60, TXTRecords: [{ value: [value] }] } });
        await ask(call, "DELETE", url);
    });
}

async function ask(call: AzureCall, method: "PUT" | "DELETE", url: string, body?: object): Promise<void> {
    const answer = await call(method, url, { body });
    if (answer.status >= 300) {
        throw new Error(`${method} ${url}: ${answer.status} ${answer.body}`);
    }
}
