import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Checkout } from "../support/checkout";

const root = path.join(__dirname, "../..");
const settings = "Pulumi.staging.yaml";
const unchanged = (text: string) => text;

describe("Checkout", () => {
    const ignored = path.join(root, "checkout-test.log");
    let checkout: Checkout;

    beforeEach(() => {
        checkout = new Checkout({ systems: "all" });
    });

    afterEach(async () => {
        fs.rmSync(ignored, { force: true });
        await checkout.remove();
    });

    it("copies what Git knows, and nothing that Git ignores", () => {
        fs.writeFileSync(ignored, "");
        const isIgnored = spawnSync("git", ["check-ignore", "--quiet", ignored], { cwd: root }).status === 0;
        assert.ok(isIgnored, `Git does not ignore ${ignored}`);
        checkout.create();
        assert.equal(fs.existsSync(checkout.path("checkout-test.log")), false);
        assert.equal(checkout.read(settings), fs.readFileSync(path.join(root, settings), "utf8"));
        assert.equal(fs.existsSync(checkout.path(".git")), false);
        assert.ok(fs.lstatSync(checkout.path("packages")).isSymbolicLink());
    });

    it("changes a file, and puts it back", () => {
        checkout.create();
        const before = checkout.read(settings);
        const restore = checkout.edit(settings, (text) => `${text}# changed\n`);
        assert.equal(checkout.read(settings), `${before}# changed\n`);
        restore();
        assert.equal(checkout.read(settings), before);
        checkout.edit("gitops/new.yaml", () => "new: true\n")();
        assert.equal(fs.existsSync(checkout.path("gitops/new.yaml")), false);
    });

    it("refuses a change that changes nothing, and one of the program or a package", () => {
        checkout.create();
        assert.throws(() => checkout.edit(settings, unchanged), /the change of Pulumi\.staging\.yaml changes nothing/);
        for (const file of ["index.ts", "components/platform.ts", "packages/sandbox/index.ts", "tools/setup.mjs"]) {
            assert.throws(() => checkout.edit(file, () => ""), /not the program/, file);
        }
    });

    it("is removed with what still runs in it", async () => {
        checkout.create();
        const { pid } = checkout.launch(["help"]);
        await checkout.remove();
        assert.equal(fs.existsSync(checkout.directory), false);
        assert.throws(() => process.kill(pid, 0), /ESRCH/);
    });

    it("is removed when a hook of its tests fails", () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-hook-"));
        try {
            const test = path.join(folder, "failing.test.ts");
            const support = path.join(root, "test/support/checkout");
            fs.writeFileSync(
                test,
                `import { useCheckout } from ${JSON.stringify(support)};
                describe("tests", function () {
                    const checkout = useCheckout(this);
                    before(() => { throw new Error("made " + checkout.directory); });
                    it("do not run", () => undefined);
                });`,
            );
            const mocha = path.join(root, "node_modules/.bin/mocha");
            const run = spawnSync(mocha, [test], { cwd: root, encoding: "utf8" });
            assert.equal(run.status, 1);
            const directory = /made (\S+)/.exec(run.stdout)?.[1];
            assert.ok(directory, run.stdout + run.stderr);
            assert.equal(fs.existsSync(directory), false);
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    });
});
