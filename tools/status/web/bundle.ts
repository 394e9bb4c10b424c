import * as fs from "node:fs";
import * as path from "node:path";
import { build } from "esbuild";

const folder = path.join(__dirname, "page");

/** The files that the page is made of, by the name that it has for each. */
export async function bundle(): Promise<ReadonlyMap<string, { readonly type: string; readonly body: string }>> {
    const { outputFiles } = await build({
        entryPoints: [path.join(folder, "main.tsx")],
        bundle: true,
        write: false,
        minify: true,
        format: "esm",
        target: "es2022",
        // Explicit: nothing of the user's own configuration counts.
        jsx: "automatic",
        jsxImportSource: "preact",
        logLevel: "silent",
    });
    const read = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
    return new Map([
        ["", { type: "text/html; charset=utf-8", body: read("index.html") }],
        ["style.css", { type: "text/css; charset=utf-8", body: read("style.css") }],
        ["main.js", { type: "text/javascript; charset=utf-8", body: outputFiles[0]?.text ?? "" }],
    ]);
}
