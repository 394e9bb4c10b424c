import * as assert from "node:assert/strict";
import { createsIn } from "../../../components/recovery/interrupted-creates";

const urn = (name: string) =>
    `urn:pulumi:staging::landfall::landfall:azure:Platform$azure-native:keyvault:Key::${name}`;
const pending = (type: string, name: string, inputs?: Record<string, unknown>) => ({
    type,
    resource: { urn: urn(name), ...(inputs ? { inputs } : {}) },
});

describe("createsIn", () => {
    it("gives what was being created and is not in the state, by type and name, the newest first", () => {
        const creates = createsIn({
            deployment: {
                resources: [{ urn: urn("there") }],
                pending_operations: [
                    pending("creating", "there"),
                    pending("updating", "changed"),
                    pending("deleting", "gone"),
                    pending("creating", "landfall::sops", { keyName: "first" }),
                    pending("creating", "landfall::sops", { keyName: "second" }),
                ],
            },
        });
        const type = "azure-native:keyvault:Key";
        assert.deepEqual(creates, [
            { type, name: "landfall::sops", inputs: { keyName: "second" } },
            { type, name: "landfall::sops", inputs: { keyName: "first" } },
        ]);
    });

    it("knows a type without parents, and a stack without a state", () => {
        const resource = { urn: "urn:pulumi:staging::landfall::random:index:Id::a" };
        const [create] = createsIn({ deployment: { pending_operations: [{ type: "creating", resource }] } });
        assert.deepEqual(create, { type: "random:index:Id", name: "a", inputs: {} });
        assert.deepEqual(createsIn({}), []);
    });
});
