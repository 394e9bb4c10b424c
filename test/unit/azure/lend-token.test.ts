import * as assert from "node:assert/strict";
import { once } from "node:events";
import * as net from "node:net";
import { borrowToken } from "../../../components/azure/borrow-token";
import { lendToken } from "../../../components/azure/lend-token";
import { isSecretOutput, valueOf } from "../../support/deploy";

describe("a token that the program lends", () => {
    it("is another one each time, and is had by who knows the whole address, which is secret", async () => {
        let count = 0;
        const lender = lendToken(() => Promise.resolve(`token ${++count}`));
        assert.equal(await isSecretOutput(lender), true);
        const address = await valueOf(lender);
        assert.equal(await borrowToken(address), "token 1");
        assert.equal(await borrowToken(address), "token 2");
        for (const other of [address.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")), `${address}00`]) {
            await assert.rejects(borrowToken(other), /does not answer|refused the provider/);
        }
        const socket = net.connect(parseInt(address), "127.0.0.1", () => socket.end("x"));
        let heard = 0;
        socket.on("data", (chunk) => (heard += chunk.length));
        await once(socket, "close");
        assert.deepEqual([heard, count], [0, 2]);
    });

    it("is missed with the reason why the program has none", async () => {
        const lender = await valueOf(lendToken(() => Promise.reject(new Error("az login has expired"))));
        await assert.rejects(borrowToken(lender), /got no token for Azure: Error: az login has expired/);
    });

    it("is not to be had of a program that has ended", async () => {
        const gone = net.createServer().listen(0, "127.0.0.1");
        await once(gone, "listening");
        const { port } = gone.address() as net.AddressInfo;
        await new Promise((resolve) => gone.close(resolve));
        await assert.rejects(
            borrowToken(`${port}/00`),
            /program that has a token for Azure does not answer: .*REFUSED/,
        );
    });
});
