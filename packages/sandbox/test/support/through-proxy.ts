import { get } from "node:http";

/** Status and body of a GET through an HTTP proxy. */
export function through(proxyUrl: string, url: string): Promise<string> {
    const { hostname, port } = new URL(proxyUrl);
    return new Promise((resolve, reject) => {
        const request = get({ hostname, port, path: url, headers: { host: new URL(url).host } }, (response) => {
            let body = "";
            response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
            response.on("end", () => resolve(`${response.statusCode} ${body}`));
        });
        request.on("error", reject);
    });
}
