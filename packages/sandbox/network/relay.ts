import { request as sendRequest, type IncomingMessage, type ServerResponse } from "node:http";

/** The headers that concern the connection between the client and the proxy only (RFC 9110, section 7.6.1). */
const connectionHeaders = new Set(["connection", "keep-alive", "proxy-connection", "proxy-authorization"]);

/** Passes one plain HTTP request on to `target`, and its answer back. Gives the status that the client got. */
export function relay(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    target: { host: string; port: number },
): Promise<number> {
    const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !connectionHeaders.has(name)),
    );
    const options = { ...target, method: request.method, path: url.pathname + url.search, headers, agent: false };
    return new Promise((resolve) => {
        const outgoing = sendRequest(options, (answer) => {
            const status = answer.statusCode ?? 502;
            response.writeHead(status, answer.rawHeaders);
            answer.pipe(response);
            resolve(status);
        });
        outgoing.on("error", (error) => {
            if (response.headersSent) {
                response.destroy();
            } else {
                response.writeHead(502).end(`${url.host} does not answer: ${error.message}\n`);
            }
            resolve(502);
        });
        response.on("close", () => outgoing.destroy());
        request.pipe(outgoing);
    });
}
