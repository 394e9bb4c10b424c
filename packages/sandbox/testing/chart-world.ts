import { publicRoutes } from "../charts/charts";
import { type PublishedArchive, publishedChart } from "../charts/published";
import { loadOrCreateAuthority } from "../network/authority";
import { startProxy } from "../network/proxy";
import type { HttpHandler } from "../network/route";

/** Chart registries and repositories on loopback, for clients that go through a proxy. */
export interface ChartWorld {
    /** The proxy and the certificate that a client needs. */
    readonly environment: Readonly<Record<string, string>>;
    /** Serves these from now on, at the hosts where they are published, and nothing else. */
    serve(archives: readonly PublishedArchive[]): Promise<void>;
    /** Lets a host answer everything with a status. */
    refuse(host: string, status: number): void;
    close(): Promise<void>;
}

/** Starts registries with nothing in them; their certificate is in `directory`. */
export async function startChartWorld(directory: string): Promise<ChartWorld> {
    const authority = await loadOrCreateAuthority(directory);
    const hosts = new Map<string, HttpHandler>();
    const handle: HttpHandler = async (request) => (await hosts.get(request.url.host)?.(request)) ?? { status: 404 };
    const report = (message: string) => console.error(message);
    const proxy = await startProxy({ routes: [{ host: /.+/, handle }], authority, report });
    return {
        environment: { HTTPS_PROXY: proxy.url, NO_PROXY: "", SSL_CERT_FILE: authority.certificateFile },
        serve: async (archives) => {
            const routes = await publicRoutes(await Promise.all(archives.map(publishedChart)));
            hosts.clear();
            routes.forEach((route) => "handle" in route && hosts.set(String(route.host), route.handle));
        },
        refuse: (host, status) => void hosts.set(host, () => Promise.resolve({ status })),
        close: () => proxy.close(),
    };
}
