import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { CopiedModule } from "./copied-module";

/**
 * The `flux` command embeds the manifests of its release, which its own release build bundles. The Flux Operator's
 * module has them too.
 *
 * @param distribution folder with the manifests of every release.
 */
export function fluxSource(moduleFolder: string, version: string, distribution: string): CopiedModule {
    return {
        path: "github.com/fluxcd/flux2/v2",
        moduleFolder,
        checksums: { "v2.9.5": "h1:jwCccxvkD+2QnsjN+pl5QqM8KnFUwA8pIoQ1Lf0avkA=" },
        complete: (source) =>
            cp(join(distribution, "flux", version), join(source, "cmd", "flux", "manifests"), { recursive: true }),
    };
}
