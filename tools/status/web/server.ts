import { randomBytes, timingSafeEqual } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { sleep } from "../../../components/gitops/readiness/sleep";
import type { Status } from "../status";
import { bundle } from "./bundle";

const host = "127.0.0.1";

const pauseSeconds = 2;

/** Nothing is loaded from elsewhere, and nobody else may load or frame the page. */
const headers = {
    "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
};

/**
 * A page with the status, and its changes as server-sent events, on this machine alone. Its address has a random part,
 * without which nothing is answered: other users of the machine do not know it. A request that another site sends, or
 * that came by another name, is refused too.
 */
export class StatusServer {
    private readonly token = randomBytes(24).toString("base64url");
    private readonly readers = new Set<http.ServerResponse>();
    private looking = false;
    private last: Status | undefined;

    private constructor(
        private readonly look: () => Promise<Status>,
        private readonly files: Awaited<ReturnType<typeof bundle>>,
        private readonly server: http.Server,
    ) {
        server.on("request", (request, response) => this.answer(request, response));
    }

    static async start(look: () => Promise<Status>): Promise<StatusServer> {
        const server = http.createServer();
        const page = new StatusServer(look, await bundle(), server);
        await new Promise<void>((resolve, reject) => {
            server.once("error", reject);
            server.listen(0, host, resolve);
        });
        return page;
    }

    get url(): string {
        return `${this.origin}/${this.token}/`;
    }

    stop(): Promise<void> {
        this.readers.clear();
        this.server.closeAllConnections();
        return new Promise((resolve) => this.server.close(() => resolve()));
    }

    private get origin(): string {
        return `http://${host}:${(this.server.address() as AddressInfo).port}`;
    }

    private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
        const [token = "", ...rest] = (request.url ?? "").slice(1).split("/");
        const file = this.files.get(rest.join("/"));
        if (!this.isOwn(request.headers)) {
            refuse(response, 403, "This page is for the address that npm run status printed.");
        } else if (!this.isToken(token) || rest.length !== 1) {
            refuse(response, 404, "Take the whole address that npm run status printed.");
        } else if (request.method !== "GET") {
            refuse(response, 405, "This page is to be read.");
        } else if (rest[0] === "events") {
            this.subscribe(response);
        } else if (file) {
            response.writeHead(200, { ...headers, "content-type": file.type }).end(file.body);
        } else {
            refuse(response, 404, "There is no such file.");
        }
    }

    /** Whether a request came by this server's address, and not from another site's page. */
    private isOwn({ host: name, origin, "sec-fetch-site": site }: http.IncomingHttpHeaders): boolean {
        return (
            `http://${name ?? ""}` === this.origin &&
            (origin === undefined || origin === this.origin) &&
            (site === undefined || site === "same-origin" || site === "none")
        );
    }

    private isToken(text: string): boolean {
        const [given, wanted] = [Buffer.from(text), Buffer.from(this.token)];
        return given.length === wanted.length && timingSafeEqual(given, wanted);
    }

    private subscribe(response: http.ServerResponse): void {
        response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
        // A browser that lost the way asks again after this many milliseconds.
        response.write("retry: 1000\n\n");
        if (this.last) {
            response.write(eventOf(this.last));
        }
        this.readers.add(response);
        response.on("close", () => this.readers.delete(response));
        void this.watch();
    }

    /** Looks as long as somebody reads. */
    private async watch(): Promise<void> {
        if (this.looking) {
            return;
        }
        this.looking = true;
        while (this.readers.size > 0) {
            this.last = await this.look();
            for (const reader of this.readers) {
                reader.write(eventOf(this.last));
            }
            await sleep(pauseSeconds);
        }
        this.looking = false;
    }
}

function eventOf(status: Status): string {
    return `data: ${JSON.stringify(status)}\n\n`;
}

function refuse(response: http.ServerResponse, status: number, message: string): void {
    response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8" }).end(`${message}\n`);
}
