import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { digestOf, storeArchive } from "../../../tools/tree/published/cache";
import { parseLock, writeLock } from "../../../tools/tree/published/lock";
import { ChartShelf, requireAll } from "../../../tools/tree/published/shelf";

const web = { name: "web", version: "1.2.3", source: "oci://charts.example.org/team/web" };
const pin = { ...web, place: { file: "systems/web/source.yaml", line: 10 } };

describe("the published charts at hand", () => {
    const cache = fs.mkdtempSync(path.join(os.tmpdir(), "tree-shelf-"));
    after(() => fs.rmSync(cache, { recursive: true }));

    it("are those of the lock that the cache has", () => {
        const digest = storeArchive(cache, Buffer.from("archive"));
        const shelf = shelfOf(digest);
        assert.equal(shelf.archive(web), path.join(cache, `${digest.slice(7)}.tgz`));
        assert.equal(shelf.archive({ ...web, version: "1.2.4" }), undefined);
        assert.equal(shelfOf(digestOf(Buffer.from("other"))).archive(web), undefined);
        requireAll(shelf, [pin]);
    });

    it("are not an archive that somebody changed", () => {
        const digest = storeArchive(cache, Buffer.from("sound"));
        fs.writeFileSync(path.join(cache, `${digest.slice(7)}.tgz`), "not sound");
        assert.throws(() => shelfOf(digest).archive(web), /has the digest sha256:\w+: remove it, then: npm run tree/);
    });

    it("are refused when one is missing and all are wanted, with the line that pins it and the command", () => {
        assert.throws(
            () => requireAll(shelfOf(digestOf(Buffer.from("other"))), [pin]),
            /^Error: gitops\/systems\/web\/source\.yaml:10: chart web 1\.2\.3 of oci:.* is not in the cache\n--charts published: first npm run tree -- charts pull$/,
        );
    });

    it("are refused by a check that wants them all, before it says anything of the tree", () => {
        const env = { ...process.env, LANDFALL_CACHE: cache };
        const check = (...args: string[]) => {
            const command = ["--require", require.resolve("tsx/cjs"), "tools/tree/cli.ts", "check", ...args];
            return spawnSync(process.execPath, command, {
                cwd: path.join(__dirname, "../../.."),
                encoding: "utf8",
                env,
            });
        };
        const [published, wrong] = [check("--charts", "published"), check("--charts", "publishd")];
        assert.equal(published.status, 1);
        assert.match(published.stderr, /chart traefik .* is not in the cache$/m);
        assert.doesNotMatch(published.stdout, /in order/);
        assert.match(wrong.stderr, /--charts publishd: write one of at-hand, published, stand-ins/);
    });

    function shelfOf(digest: string): ChartShelf {
        const file = path.join(cache, "charts.lock.json");
        writeLock(file, [{ ...web, digest }]);
        return new ChartShelf(parseLock(fs.readFileSync(file, "utf8")), cache);
    }
});
