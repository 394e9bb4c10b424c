import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { addressAt, type Cidr, contains, overlaps, parseCidr, subnetCount } from "../../../components/settings/cidr";

function cidr(text: string): Cidr {
    const parsed = parseCidr(text);
    assert.ok(parsed, text);
    return parsed;
}

const network = fc.tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => {
    const size = 2 ** (32 - prefix);
    const first = Math.floor(address / size) * size;
    return cidr(`${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join(".")}/${prefix}`);
});

describe("parseCidr", () => {
    for (const text of [
        "10.0.0.0",
        "10.0.0.0/33",
        "10.0.0.256/32",
        "10.0.0.1/24",
        "10.0.0/24",
        "::/0",
        " 10.0.0.0/8",
        "",
    ]) {
        it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseCidr(text), undefined));
    }

    it("reads the first and the last address", () => {
        const { first, last, prefix } = cidr("192.168.1.0/24");
        assert.deepEqual([first, last, prefix], [3232235776, 3232236031, 24]);
    });
});

describe("networks", () => {
    it("overlap exactly when one contains the other", () => {
        fc.assert(fc.property(network, network, (a, b) => overlaps(a, b) === (contains(a, b) || contains(b, a))));
    });

    it("have addresses that count from the first", () => {
        fc.assert(fc.property(network, (net) => net.text === `${addressAt(net, 0)}/${net.prefix}`));
        assert.equal(addressAt(cidr("172.20.0.0/16"), 10), "172.20.0.10");
    });

    it("hold twice as many networks for each longer bit", () => {
        assert.deepEqual([subnetCount(cidr("10.0.0.0/16"), 24), subnetCount(cidr("10.0.0.0/25"), 24)], [256, 0]);
    });
});
