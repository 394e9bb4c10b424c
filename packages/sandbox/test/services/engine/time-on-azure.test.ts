import * as assert from "node:assert/strict";
import { criticalPath } from "../../../engine/critical-path";
import { timeOnAzure } from "../../../engine/time-on-azure";

describe("the time that an update would take at Azure", () => {
    const step = (name: string, seconds: number, ...waitsFor: string[]) => ({ name, seconds, waitsFor });

    it("is the longest chain of what waits for each other", () => {
        const steps = [
            step("group", 1),
            step("vault", 22, "group"),
            step("cluster", 257, "group"),
            step("pool", 197, "cluster"),
        ];
        assert.deepEqual(criticalPath(steps), {
            seconds: 455,
            chain: [
                { name: "group", seconds: 1 },
                { name: "cluster", seconds: 257 },
                { name: "pool", seconds: 197 },
            ],
        });
    });

    it("counts nothing for nothing", () => {
        assert.deepEqual(criticalPath([]), { seconds: 0, chain: [] });
    });

    const urn = (name: string) => `urn:pulumi:staging::landfall::type::${name}`;
    const custom = (name: string, id: string, ...dependencies: string[]) => ({
        urn: urn(name),
        id,
        custom: true,
        dependencies: dependencies.map(urn),
    });

    it("takes recorded seconds for what Azure does, whatever the spelling of the id, and measured ones for the rest", () => {
        const resources = [
            custom("cluster", "/subscriptions/s/resourcegroups/rg/aks"),
            custom("flux", "flux-system/flux", "cluster"),
        ];
        const operations = [
            { resourceId: "/subscriptions/s/resourceGroups/rg/aks", kind: "write", seconds: 257 } as const,
        ];
        const times = new Map([
            [urn("cluster"), 8],
            [urn("flux"), 30],
        ]);
        assert.deepEqual(timeOnAzure(resources, operations, times), {
            seconds: 287,
            chain: [
                { name: "cluster", seconds: 257 },
                { name: "flux", seconds: 30 },
            ],
        });
    });

    it("lets whoever depends on a component wait for all that is in it", () => {
        const resources = [
            { urn: urn("foundation"), custom: false },
            { ...custom("vault", "/kv"), parent: urn("foundation") },
            custom("cluster", "/aks", "foundation"),
        ];
        const operations = [
            { resourceId: "/kv", kind: "write", seconds: 22 } as const,
            { resourceId: "/aks", kind: "write", seconds: 257 } as const,
        ];
        assert.equal(timeOnAzure(resources, operations, new Map()).seconds, 279);
    });
});
