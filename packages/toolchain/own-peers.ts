import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CopiedModule } from "./copied-module";

/** Has the programs that import the Go package in `folder` answer their own user alone. */
export async function answerOwnUserAlone(folder: string, packageName: string): Promise<void> {
    const source = await readFile(join(__dirname, "modules", "kubernetes", "own-peers", "accept.go"), "utf8");
    await writeFile(join(folder, "own_peers.go"), source.replace(/^package .*$/m, `package ${packageName}`));
}

/**
 * The library that all of Flux's controllers share. They open ports of the loopback interface, of which the artifact
 * server, metrics and the receiver of events ask nobody who it is: in a cluster, network policies do.
 */
export function fluxRuntimeSource(moduleFolder: string): CopiedModule {
    return {
        path: "github.com/fluxcd/pkg/runtime",
        moduleFolder,
        checksums: { "v0.110.3": "h1:HbuLRPOVwacKCMx8wDnhTQEHC+R7aE7BGWwu+56alss=" },
        complete: (source) => answerOwnUserAlone(join(source, "probes"), "probes"),
    };
}
