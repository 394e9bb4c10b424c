import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SandboxError } from "../../../sandbox-error";
import { lock } from "../../../world/lifecycle";
import { checkOwnFile, checkOwnFolder, makeOwnFolder } from "../../../world/own-folder";
import { readSession, writeSession } from "../../../world/session";

describe("the folder of a sandbox", () => {
    const another = process.getuid!() + 1;
    const session = {
        pid: 1,
        environment: {},
        previewerEnvironment: {},
        publisherToken: "",
        binaries: "",
        fleetRepositories: "",
        charts: "stand-ins" as const,
    };
    let parent: string;
    let directory: string;

    beforeEach(() => {
        parent = fs.mkdtempSync(path.join(os.tmpdir(), "own-folder-"));
        directory = path.join(parent, "sb");
    });

    afterEach(() => fs.rmSync(parent, { recursive: true }));

    const refused = (work: () => unknown, reason: RegExp) =>
        assert.throws(work, (error) => error instanceof SandboxError && reason.test(error.message));

    it("is made for its user alone, also where an empty one is there", () => {
        makeOwnFolder(path.join(directory, "below"));
        fs.mkdirSync(path.join(parent, "open"));
        fs.chmodSync(path.join(parent, "open"), 0o777);
        makeOwnFolder(path.join(parent, "open"));
        for (const folder of [path.join(directory, "below"), path.join(parent, "open")]) {
            assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
        }
    });

    it("is not another user's, nor a link to anywhere, nor one that others could have filled", () => {
        fs.mkdirSync(directory);
        refused(
            () => checkOwnFolder(directory, another),
            /sb belongs to another user \(\d+, you are \d+\); set LANDFALL_SANDBOX/,
        );
        refused(() => makeOwnFolder(directory, another), /belongs to another user/);
        fs.symlinkSync(directory, path.join(parent, "link"));
        refused(() => makeOwnFolder(path.join(parent, "link")), /link is no folder/);
        fs.writeFileSync(path.join(directory, "session.json"), "{}");
        fs.chmodSync(directory, 0o777);
        refused(() => makeOwnFolder(directory), /Other users may write to .*sb/);
        refused(() => readSession(directory), /Other users may write to .*sb/);
    });

    it("gives the session that its user wrote, and no other", () => {
        assert.equal(readSession(directory), undefined);
        makeOwnFolder(directory);
        writeSession(directory, session);
        assert.deepEqual(readSession(directory), session);
        const file = path.join(directory, "session.json");
        refused(() => checkOwnFile(file, another), /session\.json belongs to another user/);
        fs.chmodSync(file, 0o666);
        refused(() => readSession(directory), /session\.json is no file that you alone may write/);
        fs.rmSync(file);
        fs.symlinkSync("/etc/hostname", file);
        refused(() => readSession(directory), /session\.json is no file that you alone may write/);
    });

    it("has a lock beside it that is taken from nobody but its user", () => {
        fs.writeFileSync(`${directory}.lock`, "1");
        fs.chmodSync(`${directory}.lock`, 0o666);
        refused(() => lock(directory), /sb\.lock is no file that you alone may write/);
        fs.rmSync(`${directory}.lock`);
        lock(directory)();
        assert.equal(fs.existsSync(`${directory}.lock`), false);
    });
});
