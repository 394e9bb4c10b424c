import { createActionsTokens, type Job, type JobEnvironment } from "../github/actions-tokens";
import { loadOrCreateAuthority } from "../network/authority";
import { startProxy } from "../network/proxy";
import { TestSubscription } from "./azure-subscription";

/** Azure and the tokens of GitHub Actions, for processes that reach nothing else. */
export interface PipelineWorld {
    readonly subscription: TestSubscription;
    /** What leads a process there. */
    readonly environment: Readonly<Record<string, string>>;
    startJob(job: Job): JobEnvironment;
    close(): Promise<void>;
}

/** @param directory for what it keeps on disk. */
export async function startPipelineWorld(directory: string): Promise<PipelineWorld> {
    const actions = createActionsTokens();
    const subscription = new TestSubscription({ issuerKeys: (issuer) => actions.keysOf(issuer) });
    const authority = await loadOrCreateAuthority(directory);
    const routes = [...subscription.azure.routes, ...actions.routes];
    const proxy = await startProxy({ authority, report: console.error, routes });
    return {
        subscription,
        environment: {
            HTTPS_PROXY: proxy.url,
            SSL_CERT_FILE: authority.certificateFile,
            NODE_EXTRA_CA_CERTS: authority.certificateFile,
            NODE_OPTIONS: `--require=${require.resolve("../network/env-proxy.cjs")}`,
        },
        startJob: (job) => actions.startJob(job),
        close: () => proxy.close(),
    };
}
