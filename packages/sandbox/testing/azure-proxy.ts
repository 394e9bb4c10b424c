import { loadOrCreateAuthority } from "../network/authority";
import { startProxy } from "../network/proxy";
import type { TestSubscription } from "./azure-subscription";

/** The way to a subscription for programs: every other host is refused. */
export interface AzureProxy {
    /** The proxy, and the certificate that a client needs. */
    readonly environment: Readonly<Record<string, string>>;
    close(): Promise<void>;
}

/** Lets programs reach a subscription at Azure's own names; the certificate is in `directory`. */
export async function startAzureProxy({ azure }: TestSubscription, directory: string): Promise<AzureProxy> {
    const authority = await loadOrCreateAuthority(directory);
    const report = (message: string) => console.error(message);
    const proxy = await startProxy({ routes: [...azure.routes], authority, report });
    return {
        environment: { HTTPS_PROXY: proxy.url, NO_PROXY: "127.0.0.1", SSL_CERT_FILE: authority.certificateFile },
        close: () => proxy.close(),
    };
}
