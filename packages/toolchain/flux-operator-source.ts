import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CopiedModule } from "./copied-module";
import { answerOwnUserAlone } from "./own-peers";

/**
 * The Flux Operator embeds the built pages of its web interface. The copy has one empty page, which the sandbox does
 * not serve, and answers its own user alone.
 */
export function fluxOperatorSource(moduleFolder: string): CopiedModule {
    return {
        path: "github.com/controlplaneio-fluxcd/flux-operator",
        moduleFolder,
        checksums: { "v0.59.0": "h1:jByuiWYtjSJxucGHuz68tV0DeVFz5CYrKQYfxAwE7lE=" },
        complete: async (source) => {
            await mkdir(join(source, "web", "dist"), { recursive: true });
            await writeFile(join(source, "web", "dist", "index.html"), "<html></html>\n");
            await answerOwnUserAlone(join(source, "cmd", "operator"), "main");
        },
    };
}
