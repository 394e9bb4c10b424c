import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { useCheckout } from "../support/checkout";
import { listen } from "../support/ports";

describe("a start that cannot succeed", function () {
    const checkout = useCheckout(this);

    it("names the stacks that there are, when asked for another", async () => {
        const { code, output } = await checkout.run("start", "--stack", "nosuch");
        assert.equal(code, 1, output);
        assert.equal(output, "--stack nosuch: there is no Pulumi.nosuch.yaml; stacks are production, staging\n");
    });

    it("shows its usage, when an option is misspelt", async () => {
        const { code, output } = await checkout.run("start", "--stak", "staging");
        assert.equal(code, 2, output);
        assert.match(output, /^Unknown option '--stak'/);
        assert.match(output, /^Usage: npm start/m);
    });

    it("names the port that another program listens on", async () => {
        const { port, close } = await listen();
        const { code, output } = await checkout.run("start", "--port", String(port)).finally(close);
        assert.equal(code, 1, output);
        assert.match(
            output,
            new RegExp(`--port ${port}: another program listens on 127.0.0.1:${port}; choose another port`),
        );
        assert.doesNotMatch(output, /^ +at /m);
    });

    it("says how much memory a stack takes, and builds nothing, when there is less", async () => {
        const cache = path.join(checkout.directory, "cache");
        const container = path.join(checkout.directory, "container.cjs");
        fs.writeFileSync(container, "process.constrainedMemory = () => 1e9;");
        const environment = { NODE_OPTIONS: `--require=${container}`, LANDFALL_CACHE: cache };
        const { code, output } = await checkout.launch(["start"], { environment }).ended;
        assert.equal(code, 1, output);
        assert.match(
            output,
            /^A stack takes about \d\.\d GB of memory, and 1\.0 GB are free; end what you can do without/,
        );
        assert.equal(fs.existsSync(cache), false);
    });

    for (const [program, advice] of [
        ["go", /Install Go 1\.26 and put its bin folder on PATH/],
        [
            "gpg",
            /gpg could not be run .*: Flux's kustomize-controller decrypts with it\. Install it and put it on PATH/,
        ],
    ] as const) {
        it(`says what to install, and builds nothing, without ${program}`, async () => {
            const cache = path.join(checkout.directory, "cache");
            const environment = { PATH: programsBut(program), LANDFALL_CACHE: cache };
            const { code, output } = await checkout.launch(["start"], { environment }).ended;
            assert.equal(code, 1, output);
            assert.match(output, advice);
            assert.doesNotMatch(output, /^ +at /m);
            assert.equal(fs.existsSync(cache), false);
        });
    }

    afterEach("leaves no sandbox", () => assert.equal(fs.existsSync(checkout.sandbox), false));

    /** A PATH with git, go and gpg, but for one of them. */
    function programsBut(left: string): string {
        const folder = path.join(checkout.directory, `without-${left}`);
        fs.mkdirSync(folder);
        for (const name of ["git", "go", "gpg"].filter((each) => each !== left)) {
            const found = execFileSync("which", [name], { encoding: "utf8" }).trim();
            fs.symlinkSync(fs.realpathSync(found), path.join(folder, name));
        }
        return folder;
    }
});
