import * as assert from "node:assert/strict";
import { runWitness } from "../../../testing/witness/run-witness";
import { witnesses } from "../../../testing/witness/witnesses";

describe("the Azure stand-in against recorded exchanges with Azure", () => {
    for (const witness of witnesses) {
        it(`${witness.title}: answers as it was seen`, async () => {
            const findings = await runWitness(witness);
            assert.ok(findings.length > 0);
            const different = findings.filter(({ differences }) => differences.length > 0);
            assert.deepEqual(
                different.map(({ fact, differences }) => `${fact.says}: ${differences.join("; ")}`),
                [],
            );
        });
    }
});
