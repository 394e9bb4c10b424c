import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ensureToolchain, type Toolchain } from "@landfall/toolchain";
import { parse } from "yaml";

/** The Flux release that the program installs. */
const fluxVersion = "2.9.5";

/**
 * Images that differ from the program that the sandbox runs in their place: Go's module proxy did not serve the
 * release's own version.
 */
const differences: Readonly<Record<string, { readonly release: string; readonly sandbox: string }>> = {
    "notification-controller": { release: "v1.9.4", sandbox: "v1.9.3" },
    "image-reflector-controller": { release: "v1.2.5", sandbox: "v1.2.4" },
    "image-automation-controller": { release: "v1.2.5", sandbox: "v1.2.4" },
    "source-watcher": { release: "v2.2.4", sandbox: "v2.2.3" },
};

interface Image {
    readonly name: string;
    readonly newTag: string;
}

describe("the sandbox's Flux", function () {
    this.timeout(60_000);
    let toolchain: Toolchain;

    before(async () => {
        toolchain = await ensureToolchain({ log: (line) => console.error(line) });
    });

    async function images(): Promise<readonly Image[]> {
        const release = join(toolchain.fluxDistribution, "flux-images", `v${fluxVersion}`, "upstream-alpine.yaml");
        const { images } = parse(await readFile(release, "utf8")) as { images: readonly Image[] };
        assert.notEqual(images.length, 0);
        return images;
    }

    it("is the one that the operator installs, image by image, but for the differences that have a name", async () => {
        const found = (await images()).flatMap(({ name, newTag }) => {
            const program = basename(name);
            const sandbox = builtVersion(join(toolchain.binaries, program), program);
            return sandbox === newTag ? [] : [[program, { release: newTag, sandbox }] as const];
        });
        assert.deepEqual(Object.fromEntries(found), differences);
    });

    it("has one library of its own in each of them, which lets the sandbox's user in alone", async () => {
        for (const { name } of await images()) {
            const copies = localCopies(join(toolchain.binaries, basename(name)));
            assert.deepEqual(copies, ["github.com/fluxcd/pkg/runtime"], name);
        }
    });
});

/** The version of the module that a program was compiled from, as the Go linker wrote it into the file. */
function builtVersion(file: string, module: string): string {
    const information = buildInformation(file);
    const line = new RegExp(`^\\tmod\\tgithub\\.com/\\S+/${module}(?:/v\\d+)?\\t(\\S+)`, "m").exec(information);
    assert.ok(line, `${file} was not compiled from a module ${module}`);
    return line[1]!;
}

/** The modules that a program was compiled from a copy of, to which the toolchain added files. */
function localCopies(file: string): (string | undefined)[] {
    return [...buildInformation(file).matchAll(/^\tdep\t(\S+).*\n\t=>\t\.\//gm)].map(([, module]) => module);
}

function buildInformation(file: string): string {
    return execFileSync("go", ["version", "-m", file], { encoding: "utf8" });
}
