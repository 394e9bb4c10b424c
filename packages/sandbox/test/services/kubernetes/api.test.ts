import * as assert from "node:assert/strict";
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubernetesApi } from "../../../kubernetes/api";
import { ApiError, UnreachableError } from "../../../kubernetes/api-error";
import { follow } from "../../../kubernetes/follow";
import type { KubernetesObject } from "../../../kubernetes/object";

describe("the client of the Kubernetes API", () => {
    let server: Server;
    let api: KubernetesApi;
    let answer: (request: IncomingMessage, response: ServerResponse) => void;
    const warnings: string[] = [];

    before(async () => {
        server = createServer((request, response) => answer(request, response));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const agent = new Agent({ keepAlive: true });
        const { port } = server.address() as AddressInfo;
        const access = {
            server: `http://127.0.0.1:${port}`,
            authenticate: (options: { agent?: unknown }) => Promise.resolve(void Object.assign(options, { agent })),
            close: () => agent.destroy(),
        };
        api = new KubernetesApi(access, (message) => warnings.push(message));
    });

    after(() => {
        api.close();
        server.close();
    });

    const json = (response: ServerResponse, status: number, body: object) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

    it("sends a request again when the server closes the connection that it was kept for", async () => {
        const seen: (string | undefined)[] = [];
        answer = (request, response) => {
            seen.push(request.url);
            if (seen.length === 2) {
                request.socket.destroy();
                return;
            }
            json(response, 200, {});
        };
        await api.get("/first");
        await api.get("/second");
        assert.deepEqual(seen, ["/first", "/second", "/second"]);
    });

    it("says that the server cannot be reached when a new connection is closed too", async () => {
        answer = (request) => request.socket.destroy();
        await assert.rejects(api.get("/never"), UnreachableError);
    });

    it("gives the server's refusal with its reason, and what it warns of", async () => {
        answer = (_, response) => {
            response.setHeader("warning", '299 - "v1beta1 is \\"old\\""');
            json(response, 409, { message: "the object has been modified", reason: "Conflict" });
        };
        await assert.rejects(api.merge("/api/v1/nodes/a", {}), (error) => {
            assert.ok(error instanceof ApiError);
            const { request, status, answer: words, reason } = error;
            const expected = ["PATCH /api/v1/nodes/a", 409, "the object has been modified", "Conflict"];
            assert.deepEqual([request, status, words, reason], expected);
            return true;
        });
        assert.deepEqual(warnings, ['v1beta1 is "old"']);
    });

    it("takes a conflict on a deletion for done only where the deletion names the object that it means", async () => {
        answer = (_, response) => json(response, 409, { message: "the uid is another" });
        await api.delete("/api/v1/pods/a", { preconditions: { uid: "1" } });
        await assert.rejects(api.delete("/api/v1/pods/a"), ApiError);
    });

    it("lists again after a watch that expired, and tells of what went meanwhile", async () => {
        const lists = [["a", "b"], ["b"]];
        const aborted = new AbortController();
        answer = ({ url = "" }, response) => {
            if (url.includes("watch=true")) {
                response.end(`${JSON.stringify({ type: "ERROR", object: { code: 410 } })}\n`);
                return;
            }
            const items = (lists.shift() ?? []).map((uid) => ({ metadata: { uid } }));
            json(response, 200, { metadata: { resourceVersion: "1" }, items });
        };
        const events: string[] = [];
        const handler = {
            changed: ({ metadata }: KubernetesObject) => events.push(`+${metadata.uid}`),
            deleted: ({ metadata }: KubernetesObject) => {
                events.push(`-${metadata.uid}`);
                aborted.abort();
            },
            failed: () => events.push("failed"),
        };
        await follow(api, "/api/v1/pods", handler, aborted.signal);
        assert.deepEqual(events.slice(0, 4), ["+a", "+b", "failed", "-a"]);
    });
});
