import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import { witnessPage } from "@landfall/sandbox/testing";

/** The page that compares the stand-in for Azure with Azure. */
export const azurePageFile = path.join(__dirname, "../../docs/azure.md");

/** The page as the stand-in's answers make it now. */
export async function azurePage(): Promise<string> {
    const options = await prettier.resolveConfig(azurePageFile);
    return prettier.format(await witnessPage(), { ...options, parser: "markdown" });
}

export function readAzurePage(): string {
    return fs.readFileSync(azurePageFile, "utf8");
}
