/** The part of a kubelet that the API server asks, for all nodes at once: the logs of pods. */
import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import type { Authority } from "../network/authority";
import { writePrivate } from "./credentials";
import { logOptions, NoLog, type PodLog, writeLog } from "./pod-log";

/** The name that every node has for the API server: kubelets of a host have no address in the nodes' network. */
export const kubeletHost = "localhost";

export interface KubeletOptions {
    /** Where the API server's files are written. */
    readonly directory: string;
    readonly authority: Authority;
    /** The log of a pod that runs on the host, and undefined for any other. */
    readonly logOf: (namespace: string, name: string, container: string) => PodLog | undefined;
    /** Hears of requests that failed; who asked is told too. */
    readonly report: (message: string) => void;
}

export interface Kubelet {
    readonly port: number;
    /** What the API server has to be told to be let in. */
    readonly apiServerFlags: readonly string[];
    close(): Promise<void>;
}

/** Serves the API server, which it knows by the certificate that it makes for it, and nobody else. */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
    const { directory, authority } = options;
    const [own, client] = await Promise.all([authority.issue([kubeletHost]), authority.issue(["kube-apiserver"])]);
    const [certificateFile, keyFile] = ["kubelet-client.crt", "kubelet-client.key"].map((name) =>
        join(directory, name),
    );
    writePrivate(certificateFile!, client.certificatePem);
    writePrivate(keyFile!, client.keyPem);
    const known = new X509Certificate(client.certificatePem).fingerprint256;
    // Any certificate is taken here and compared below: the handshake proves that the client has its key.
    const tls = { cert: own.certificatePem, key: own.keyPem, requestCert: true, rejectUnauthorized: false };
    const server = createServer(tls, (request, response) => {
        const { fingerprint256 } = (request.socket as TLSSocket).getPeerCertificate();
        if (fingerprint256 !== known) {
            return refuse(response, 401, "this kubelet answers the API server alone");
        }
        answer(options, new URL(request.url ?? "/", "https://kubelet"), response).catch((error: unknown) => {
            if (!(error instanceof NoLog)) {
                options.report(`Kubelet ${request.url}: ${String(error)}`);
            }
            refuse(response, error instanceof NoLog ? 400 : 500, (error as Error).message);
        });
    });
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    return {
        port: (server.address() as AddressInfo).port,
        apiServerFlags: [
            `--kubelet-client-certificate=${certificateFile}`,
            `--kubelet-client-key=${keyFile}`,
            `--kubelet-certificate-authority=${authority.certificateFile}`,
            "--kubelet-preferred-address-types=InternalDNS",
        ],
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                server.closeAllConnections();
            }),
    };
}

async function answer(options: KubeletOptions, url: URL, response: ServerResponse): Promise<void> {
    const [, route, ...rest] = url.pathname.split("/").map(decodeURIComponent);
    const [namespace = "", name = "", container = ""] = rest;
    if (route !== "containerLogs" || rest.length !== 3) {
        throw new NoLog(
            "the sandbox's nodes have logs alone: nothing can be run in a pod, attached or forwarded to it",
        );
    }
    const log = options.logOf(namespace, name, container);
    if (log === undefined) {
        throw new NoLog(
            `container ${container} of pod ${namespace}/${name} does not run, so it has no log: in the sandbox, only the ` +
                "programs of Flux are processes, and kwok reports the status of everything else",
        );
    }
    if (!existsSync(log.file)) {
        throw new NoLog(
            `container ${container} of pod ${namespace}/${name} has not started: kubectl describe says why`,
        );
    }
    const asked = logOptions(url.searchParams, Date.now());
    response.writeHead(200, { "content-type": "text/plain" });
    response.flushHeaders();
    await writeLog(log, asked, response);
    response.end();
}

function refuse(response: ServerResponse, status: number, message: string): void {
    if (response.headersSent) {
        response.destroy();
    } else {
        response.writeHead(status, { "content-type": "text/plain" }).end(message);
    }
}
