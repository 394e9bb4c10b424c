import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { makeShortFolder, shortFolders } from "../../../cluster/short-folder";

describe("the folder for the temporary files of a cluster's pods", () => {
    const directory = `/nowhere/${process.pid}`;

    afterEach(() => shortFolders(directory).forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

    it("is made empty, for its user alone, where the end of the cluster looks for it", () => {
        const folder = makeShortFolder(directory);
        assert.ok(shortFolders(directory).includes(folder));
        assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
        fs.writeFileSync(path.join(folder, "left over"), "");
        assert.equal(makeShortFolder(directory), folder);
        assert.deepEqual(fs.readdirSync(folder), []);
    });

    it("leaves room for the name of a socket below a pod's part of it", () => {
        // unix(7): 108 bytes. gpg's is <pod>/<folder of the build>/S.gpg-agent.extra.
        const socket = path.join(makeShortFolder(directory), "0123abcd", "gpg-1234567890", "S.gpg-agent.extra");
        assert.ok(socket.length < 108, socket);
    });
});
