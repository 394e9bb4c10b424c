import * as assert from "node:assert/strict";
import { azurePage, readAzurePage } from "../support/azure-page";

describe("docs/azure.md", () => {
    it("says of each behaviour of Azure what the stand-in does now (npm run docs writes it)", async () => {
        assert.equal(readAzurePage(), await azurePage());
    });
});
