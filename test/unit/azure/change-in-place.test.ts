import * as assert from "node:assert/strict";
import { azureMocks } from "../../support/azure";
import { azureStack } from "../../support/azure-stack";
import type { Mock } from "../../support/deploy";
import { stacks } from "../../support/fixtures";

/**
 * What no program can know before Azure says it. Nothing that a setting changes is a property of an identity, so that a
 * preview never has to do without these.
 */
const madeByAzure = ["azure-native:managedidentity:UserAssignedIdentity"];

/** What a preview knows of a resource that is changed in place: its id, and of the outputs those that are inputs. */
const idAlone: Record<string, Mock> = Object.fromEntries(
    Object.entries(azureMocks).map(([type, mock]) => {
        const isResource = /:[A-Z]\w*$/.test(type);
        return [type, isResource && !madeByAzure.includes(type) ? (args) => ({ id: mock(args).id }) : mock];
    }),
);

for (const stack of stacks) {
    describe(`a preview of ${stack} that changes resources in place`, () => {
        it("knows every input of every resource, so that it shows none of them replaced", async () => {
            const [changed, made] = [await azureStack(stack, {}, true, idAlone), await azureStack(stack)];
            for (const { type, name, inputs } of changed) {
                const whole = made.find((resource) => resource.type === type && resource.name === name);
                // Where a provider borrows a token is another place in each run, which replaces nothing.
                assert.deepEqual(
                    { ...inputs, lender: undefined },
                    { ...whole?.inputs, lender: undefined },
                    `${type} ${name}`,
                );
            }
        });
    });
}
