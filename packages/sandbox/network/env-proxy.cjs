// Preloaded into Node processes (NODE_OPTIONS=--require): makes fetch, node:http and node:https obey HTTP_PROXY,
// HTTPS_PROXY and NO_PROXY, as Go's standard client does and Node 20 does not. Both protocols go through CONNECT.
//
// The agents' prototypes are changed, and not only the global agents, because @kubernetes/client-node makes an
// https.Agent of its own for each kubeconfig. What brings its own createConnection goes past this file.
"use strict";

const http = require("node:http");
const https = require("node:https");
const net = require("node:net");
const { Agent, buildConnector, setGlobalDispatcher } = require("undici");

/** The proxy for a URL's protocol and host, or undefined where the connection is to be direct. */
function proxyFor(protocol, hostname, port) {
    const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = process.env;
    const proxy = protocol === "https:" ? HTTPS_PROXY : HTTP_PROXY;
    const host = hostname.toLowerCase().replace(/^\[(.*)\]$/, "$1");
    if (!proxy || isLoopback(host) || exceptions(NO_PROXY).some((exception) => covers(exception, host, port))) {
        return undefined;
    }
    return new URL(proxy);
}

// Go never proxies loopback addresses either.
function isLoopback(host) {
    return host === "localhost" || host === "::1" || (net.isIPv4(host) && host.startsWith("127."));
}

function exceptions(noProxy) {
    return (noProxy ?? "")
        .toLowerCase()
        .split(/[\s,]+/)
        .filter((entry) => entry !== "");
}

/** As in Go: `host` covers the host itself, `.host` what is below it, `host:port` one port of the host. */
function covers(exception, host, port) {
    if (exception === "*" || exception === host || exception === `${host}:${port}`) {
        return true;
    }
    return host.endsWith(exception.startsWith(".") ? exception : `.${exception}`);
}

/** An agent's createConnection, which goes through the proxy where there is one for the host. */
function tunnelled(protocol, defaultPort, connectDirectly) {
    return function createConnection(options, onCreated) {
        const port = Number(options.port ?? defaultPort);
        const hostname = options.host ?? options.hostname ?? "localhost";
        const proxy = options.socket || options.socketPath ? undefined : proxyFor(protocol, hostname, port);
        if (proxy === undefined) {
            return connectDirectly.call(this, options, onCreated);
        }
        openTunnel(proxy, `${hostname}:${port}`).then(
            (socket) => {
                onCreated(null, protocol === "https:" ? connectDirectly.call(this, { ...options, socket }) : socket);
            },
            (error) => onCreated(error),
        );
        return undefined;
    };
}

function credentialOf({ username, password }) {
    const pair = [username, password].map(decodeURIComponent).join(":");
    return username === "" ? {} : { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

function openTunnel(proxy, authority) {
    return new Promise((resolve, reject) => {
        const request = http.request({
            method: "CONNECT",
            path: authority,
            headers: { host: authority, ...credentialOf(proxy) },
            createConnection: () => net.connect(Number(proxy.port || 80), proxy.hostname),
        });
        request.once("error", reject);
        request.once("connect", (response, socket) => {
            if (response.statusCode === 200) {
                resolve(socket);
                return;
            }
            socket.destroy();
            reject(new Error(`The proxy refused ${authority}: ${response.statusCode} ${response.statusMessage}`));
        });
        request.end();
    });
}

http.Agent.prototype.createConnection = tunnelled("http:", 80, http.Agent.prototype.createConnection);
https.Agent.prototype.createConnection = tunnelled("https:", 443, https.Agent.prototype.createConnection);

const connectDirectly = buildConnector({ allowH2: false });

/** The way undici, and with it fetch, opens its connections. */
function connectForFetch(options, onConnected) {
    const { protocol, hostname } = options;
    const port = Number(options.port || (protocol === "https:" ? 443 : 80));
    const proxy = proxyFor(protocol, hostname, port);
    if (proxy === undefined) {
        connectDirectly(options, onConnected);
        return;
    }
    openTunnel(proxy, `${hostname}:${port}`).then(
        (httpSocket) =>
            protocol === "https:"
                ? connectDirectly({ ...options, httpSocket }, onConnected)
                : onConnected(null, httpSocket),
        (error) => onConnected(error),
    );
}

setGlobalDispatcher(new Agent({ connect: connectForFetch }));
