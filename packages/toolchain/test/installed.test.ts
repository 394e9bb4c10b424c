import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { copyInstalled } from "../installed";

/** A program that is installed already. */
describe("an installed program", () => {
    const program = { name: "sops", folder: "any", module: "any", package: "any", versionArguments: ["--version"] };
    let folder: string;
    let searchPath: string | undefined;

    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-installed-"));
        searchPath = process.env.PATH;
        process.env.PATH = `${folder}${path.delimiter}${searchPath}`;
    });

    afterEach(() => {
        process.env.PATH = searchPath;
        fs.rmSync(folder, { recursive: true });
    });

    const binaries = () => path.join(folder, "bin");
    const install = (body: string) => {
        fs.writeFileSync(path.join(folder, "sops"), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
        return copyInstalled(program, "v3.13.2", binaries());
    };

    it("is used in exactly the pinned version, from a copy", async () => {
        assert.equal(
            await install('[ "$1" = --version ] && echo "sops v3.13.2+build (latest)"'),
            path.join(folder, "sops"),
        );
        fs.rmSync(path.join(folder, "sops"));
        assert.deepEqual(fs.readdirSync(binaries()), ["sops"]);
    });

    for (const [name, body] of Object.entries({
        "of another version": "echo sops 3.13.20",
        "that names the version and fails": "echo sops 3.13.2; exit 1",
        "that works in its own place alone": 'case "$0" in */bin/*) exit 1;; esac; echo sops 3.13.2',
    })) {
        it(`${name} is left alone`, async () => {
            assert.equal(await install(body), undefined);
            assert.deepEqual(fs.existsSync(binaries()) ? fs.readdirSync(binaries()) : [], []);
        });
    }
});
