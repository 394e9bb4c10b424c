import { asIdentity } from "../azure-access";
import { type CustomObject, defineKind, type Installed, type Kind } from "../operator";
import { now, setStatus } from "../status";

interface Location extends CustomObject {
    readonly spec: {
        readonly provider: string;
        readonly objectStorage: { readonly bucket: string };
        readonly config?: Readonly<Record<string, string>>;
    };
    readonly status?: { readonly phase?: string; readonly message?: string };
}

const locations = { group: "velero.io", version: "v1", plural: "backupstoragelocations" } as const;

/**
 * Velero's BackupStorageLocation: Available when the identity of Velero's service account can list its container, which
 * is what Velero tries too. Only Azure with Entra (`useAAD`); no account keys. It writes no backup.
 */
export const backupStorageLocationKind: Kind = defineKind<Location>({
    ...locations,
    async reconcile(location, installed) {
        const message = await fault(location, installed).catch((error: unknown) => String(error));
        const phase = message === undefined ? "Available" : "Unavailable";
        const isNew = phase !== location.status?.phase;
        await setStatus(installed.api, locations, location, {
            phase,
            ...(message !== location.status?.message && { message: message ?? null }),
            ...(isNew && { lastValidationTime: now() }),
        });
        return message === undefined ? 60_000 : 2000;
    },
});

async function fault({ spec }: Location, installed: Installed): Promise<string | undefined> {
    const { storageAccount, useAAD } = spec.config ?? {};
    if (spec.provider !== "azure" || useAAD !== "true" || !storageAccount) {
        return "the sandbox stands in for provider azure with config useAAD and storageAccount, and for no other";
    }
    if (installed.podLabels["azure.workload.identity/use"] !== "true") {
        return "Velero's pods have no label azure.workload.identity/use, so they get no identity";
    }
    const { namespace, serviceAccount } = installed;
    const access = { namespace, serviceAccount, resource: "https://storage.azure.com" };
    const { bucket } = spec.objectStorage;
    const url = `https://${storageAccount}.blob.core.windows.net/${bucket}?restype=container&comp=list&delimiter=/`;
    const headers = { "x-ms-version": "2023-11-03" };
    const { status, body } = await asIdentity(installed, access, (call) => call("GET", url, { headers }));
    return status === 200 ? undefined : `GET ${url}: ${status} ${body}`;
}
