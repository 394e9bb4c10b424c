import { type IncomingMessage, request as sendRequest, type ServerResponse } from "node:http";

/** The headers that concern the connection between the client and the proxy only (RFC 9110, section 7.6.1). */
const connectionHeaders = new Set(["connection", "keep-alive", "proxy-connection"]);

/** Passes one plain HTTP request on to `target`, and its answer back; 502 when the target does not answer. */
export function relay(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    target: { host: string; port: number },
): void {
    const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !connectionHeaders.has(name)),
    );
    const options = { ...target, method: request.method, path: url.pathname + url.search, headers, agent: false };
    const outgoing = sendRequest(options, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
    });
    outgoing.on("error", (error) => {
        if (response.headersSent) {
            response.destroy();
        } else {
            response.writeHead(502).end(`${url.host} does not answer: ${error.message}\n`);
        }
    });
    response.on("close", () => outgoing.destroy());
    request.pipe(outgoing);
}
