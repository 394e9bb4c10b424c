import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { promisify } from "node:util";
import { decodeJwt } from "jose";
import { deployer, tenantId, TestSubscription } from "../../../testing/azure-subscription";

const script = path.join(__dirname, "../../../plugins/kubelogin/main.mjs");
const serverId = "6dae42f8-4368-4678-94ff-3960e28e3630";
const arm = { ARM_CLIENT_ID: deployer.clientId, ARM_CLIENT_SECRET: deployer.clientSecret, ARM_TENANT_ID: tenantId };

describe("kubelogin's stand-in", () => {
    const subscription = new TestSubscription();
    let server: Server;
    let authority: string;

    before(async () => {
        server = createServer((request, response) => {
            void (async () => {
                const chunks: Buffer[] = [];
                for await (const chunk of request) {
                    chunks.push(chunk as Buffer);
                }
                const url = `https://login.microsoftonline.com${request.url}`;
                const { status, body } = await subscription.send("POST", url, {}, Buffer.concat(chunks).toString());
                response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
            })();
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        authority = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });

    after(() => server.close());

    const run = (env: Record<string, string>, ...args: string[]) =>
        promisify(execFile)(process.execPath, [script, "get-token", "--server-id", serverId, ...args], {
            env: { PATH: process.env.PATH, AZURE_AUTHORITY_HOST: authority, ...env },
        });

    it("prints a token of the application for API servers", async () => {
        const { stdout } = await run(arm, "--login", "spn", "--use-azurerm-env-vars");
        const credential = JSON.parse(stdout) as { apiVersion: string; status: { token: string } };
        assert.equal(credential.apiVersion, "client.authentication.k8s.io/v1beta1");
        const claims = decodeJwt(credential.status.token);
        assert.deepEqual([claims.aud, claims.oid], [serverId, deployer.objectId]);
    });

    it("reads ARM variables only when it is told to", async () => {
        await assert.rejects(run(arm, "--login", "spn"), /AZURE_CLIENT_SECRET/);
    });

    it("refuses a login that needs a person, as the kubeconfig of AKS has it", async () => {
        await assert.rejects(run(arm, "--login", "devicecode"), /needs a person at a browser/);
    });

    it("says why Entra refused", async () => {
        const wrong = run({ ...arm, ARM_CLIENT_SECRET: "wrong" }, "--login", "spn", "--use-azurerm-env-vars");
        await assert.rejects(wrong, /AADSTS7000215/);
    });
});
