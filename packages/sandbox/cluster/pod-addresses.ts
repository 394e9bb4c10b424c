/**
 * Addresses of the pods that run on the host. The API server refuses loopback addresses in EndpointSlices, so a pod has
 * two: 10.244.x.y, which the API shows, and 127.1.x.y, where its process listens. Service routes translate.
 */
import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

export interface PodAddress {
    /** In the API: status.podIP. */
    readonly podIp: string;
    /** On this machine: all of 127.0.0.0/8 can be listened on (Linux). */
    readonly loopback: string;
}

/** No program of a pod listens here: who does has the address, whichever sandbox of this machine it belongs to. */
const reservedPort = 65_535;

export class PodAddresses {
    private readonly taken = new Map<string, { readonly loopback: string; reservation?: Server }>();

    /** Gives out an address on which no other process of this machine has the port that every program opens. */
    async allocate(): Promise<PodAddress> {
        for (let attempt = 0; attempt < 100; attempt++) {
            // The lower half of 10.244.0.0/16: kwok gives out the upper one.
            const [x, y] = [randomInt(0, 128), randomInt(1, 255)];
            const address = { podIp: `10.244.${x}.${y}`, loopback: `127.1.${x}.${y}` };
            if (this.taken.has(address.podIp)) {
                continue;
            }
            const entry: { loopback: string; reservation?: Server } = { loopback: address.loopback };
            this.taken.set(address.podIp, entry);
            entry.reservation = await listen(address.loopback, reservedPort);
            const probe = entry.reservation && (await listen(address.loopback, 8080));
            if (probe) {
                await new Promise((resolve) => probe.close(resolve));
                return address;
            }
            this.release(address);
        }
        throw new Error("No address in 127.1.0.0/17 is free for a pod: end the processes that listen there.");
    }

    release({ podIp }: PodAddress): void {
        this.taken.get(podIp)?.reservation?.close();
        this.taken.delete(podIp);
    }

    /** Where the process behind a pod's address listens, or undefined when none does. */
    loopbackOf(podIp: string): string | undefined {
        return this.taken.get(podIp)?.loopback;
    }
}

/** Undefined when somebody else listens there. */
function listen(host: string, port: number): Promise<Server | undefined> {
    const server = createServer();
    return new Promise((resolve) => {
        server.once("error", () => resolve(undefined));
        server.listen(port, host, () => resolve(server.unref()));
    });
}
