import * as assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { PodAddresses } from "../../../cluster/pod-addresses";

/** Another sandbox of this machine, as it would take the address. */
async function take(host: string): Promise<void> {
    const server = createServer().listen(65_535, host);
    await once(server, "listening");
    server.close();
    await once(server, "close");
}

describe("the addresses of pods", () => {
    it("are kept from other sandboxes of the machine until the pod is gone", async () => {
        const addresses = new PodAddresses();
        const address = await addresses.allocate();
        await assert.rejects(take(address.loopback), /EADDRINUSE/);
        assert.equal(addresses.loopbackOf(address.podIp), address.loopback);
        addresses.release(address);
        await take(address.loopback);
    });
});
