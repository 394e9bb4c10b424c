import * as fs from "node:fs";
import * as path from "node:path";
import { ensureToolchain } from "@landfall/toolchain";

const needed = ["kustomize", "kubeconform", "helm"];

/** Builds the programs that the checks run, unless `LANDFALL_BINARIES` names a folder that has them. */
export async function preparePrograms(): Promise<void> {
    if (process.env.LANDFALL_BINARIES === undefined) {
        const log = (line: string) => console.error(line);
        process.env.LANDFALL_BINARIES = (await ensureToolchain({ only: needed, log })).binaries;
    }
}

/**
 * Path of a program.
 *
 * @throws Error if LANDFALL_BINARIES does not name a folder that has it.
 */
export function program(name: string): string {
    const folder = process.env.LANDFALL_BINARIES;
    if (folder === undefined) {
        throw new Error("LANDFALL_BINARIES is not set; run the tests with: npm run test:tree");
    }
    const file = path.join(folder, name);
    if (!fs.existsSync(file)) {
        throw new Error(`${file} does not exist; npm run test:tree builds it`);
    }
    return file;
}
