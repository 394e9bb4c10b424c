import * as assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import * as os from "node:os";
import * as path from "node:path";
import { type Kubelet, startKubelet } from "../../../cluster/kubelet";
import { type Authority, loadOrCreateAuthority } from "../../../network/authority";

describe("the kubelet of a sandbox's nodes", () => {
    let directory: string;
    let authority: Authority;
    let kubelet: Kubelet;
    let file: string;
    let deleted: AbortController;

    beforeEach(async () => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-kubelet-"));
        authority = await loadOrCreateAuthority(directory);
        file = path.join(directory, "log");
        deleted = new AbortController();
        const logOf = (...asked: string[]) =>
            asked.join("/") === "flux-system/flux/manager" ? { file, ended: deleted.signal } : undefined;
        kubelet = await startKubelet({ directory, authority, logOf, report: () => undefined });
    });

    afterEach(async () => {
        await kubelet.close();
        fs.rmSync(directory, { recursive: true });
    });

    const line = (secondsAgo: number, msg: string) =>
        `{"level":"info","ts":"${new Date(Date.now() - secondsAgo * 1000).toISOString()}","msg":"${msg}"}\n`;

    /** Asks as the API server does, with the files that its flags name. */
    async function ask(url: string, withCertificate = true): Promise<IncomingMessage> {
        const read = (flag: string) => {
            const found = kubelet.apiServerFlags.find((each) => each.startsWith(`--kubelet-${flag}=`));
            return fs.readFileSync(found!.replace(/^[^=]*=/, ""));
        };
        const client = { cert: read("client-certificate"), key: read("client-key") };
        const ca = read("certificate-authority");
        const options = { host: "localhost", port: kubelet.port, path: url, ca, ...(withCertificate && client) };
        const [response] = (await once(get({ ...options, family: 4 }), "response")) as [IncomingMessage];
        return response.setEncoding("utf8");
    }

    async function textOf(response: IncomingMessage): Promise<string> {
        let text = "";
        for await (const chunk of response) {
            text += String(chunk);
        }
        return `${response.statusCode} ${text}`;
    }

    const logs = async (query = "", container = "flux-system/flux/manager") =>
        textOf(await ask(`/containerLogs/${container}${query}`));

    it("gives the log of a pod on the host, all of it or its end", async () => {
        const lines = [line(90, "old"), "a line of a stack trace\n", line(10, "new"), "it goes on\n", line(1, "last")];
        fs.writeFileSync(file, lines.join(""));
        assert.equal(await logs(), `200 ${lines.join("")}`);
        assert.equal(await logs("?tailLines=1"), `200 ${lines[4]}`);
        assert.equal(await logs("?tailLines=0"), "200 ");
        assert.equal(await logs("?sinceSeconds=30"), `200 ${lines.slice(2).join("")}`);
        const sinceTime = new Date(Date.now() - 30_000).toISOString();
        assert.equal(await logs(`?sinceTime=${sinceTime}&tailLines=2`), `200 ${lines.slice(3).join("")}`);
        assert.equal(await logs("?limitBytes=5"), `200 ${lines[0]!.slice(0, 5)}`);
    });

    it("follows it until the pod is deleted", async () => {
        fs.writeFileSync(file, "first\n");
        const response = await ask("/containerLogs/flux-system/flux/manager?follow=true&tailLines=10");
        assert.equal(String(await once(response, "data")), "first\n");
        fs.appendFileSync(file, "second\n");
        assert.equal(String(await once(response, "data")), "second\n");
        fs.appendFileSync(file, "third\n");
        deleted.abort();
        assert.equal(await textOf(response), "200 third\n", "and then ends");
    });

    it("says why there is none, and what it does not know of one", async () => {
        fs.writeFileSync(file, "first\n");
        assert.match(
            await logs("", "default/web/main"),
            /^400 container main of pod default\/web does not run, .*kwok/,
        );
        assert.match(await logs("?previous=true"), /^400 .*leave --previous out$/);
        assert.match(await logs("?timestamps=true"), /^400 .*leave --timestamps out$/);
        assert.match(await textOf(await ask("/exec/flux-system/flux/manager")), /^400 .*have logs alone/);
        fs.rmSync(file);
        assert.match(await logs(), /^400 container manager of pod flux-system\/flux has not started/);
    });

    it("answers the API server alone", async () => {
        fs.writeFileSync(file, "first\n");
        assert.match(await textOf(await ask("/containerLogs/flux-system/flux/manager", false)), /^401 /);
        const other = await authority.issue(["kube-apiserver"]);
        const url = "/containerLogs/flux-system/flux/manager";
        const client = { cert: other.certificatePem, key: other.keyPem, ca: authority.certificatePem };
        const asked = get({ host: "localhost", family: 4, port: kubelet.port, path: url, ...client });
        const [response] = (await once(asked, "response")) as [IncomingMessage];
        assert.equal(response.statusCode, 401, "another certificate of the same authority");
        response.resume();
    });
});
