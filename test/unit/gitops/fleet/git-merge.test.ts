import * as assert from "node:assert/strict";
import { applied, blobId, mergeFile } from "../../../../components/gitops/fleet/git-merge";

const marked = (tag: string, replicas: number) =>
    `image: app:${tag} # {"$imagepolicy": "flux-system:app"}\nreplicas: ${replicas}\n`;

describe("mergeFile", () => {
    it("names blobs as git does", () => {
        assert.equal(blobId("hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
    });

    it("writes what is new", () => {
        assert.deepEqual(mergeFile(undefined, "a", undefined), { kind: "write", content: "a" });
    });

    it("adopts a file that has the wanted content already", () => {
        assert.deepEqual(mergeFile(undefined, "a", "a"), { kind: "keep" });
    });

    it("refuses to overwrite a file that it never wrote", () => {
        assert.equal(mergeFile(undefined, "a", "b").kind, "conflict");
    });

    it("keeps a person's change to a file that the program did not change", () => {
        assert.deepEqual(mergeFile(applied("a"), "a", "theirs"), { kind: "keep" });
    });

    it("keeps a person's removal of a file that the program did not change", () => {
        assert.deepEqual(mergeFile(applied("a"), "a", undefined), { kind: "keep" });
    });

    it("writes the program's change to a file that nobody else changed", () => {
        assert.deepEqual(mergeFile(applied("a"), "b", "a"), { kind: "write", content: "b" });
    });

    it("stops when both sides changed a file", () => {
        assert.equal(mergeFile(applied("a"), "b", "theirs").kind, "conflict");
        assert.equal(mergeFile(applied("a"), "b", undefined).kind, "conflict");
    });

    it("accepts that both sides made the same change", () => {
        assert.deepEqual(mergeFile(applied("a"), "b", "b"), { kind: "keep" });
    });

    it("removes only what it wrote", () => {
        assert.deepEqual(mergeFile(applied("a"), undefined, "a"), { kind: "delete" });
        assert.equal(mergeFile(applied("a"), undefined, "theirs").kind, "conflict");
        assert.deepEqual(mergeFile(undefined, undefined, "theirs"), { kind: "keep" });
    });

    it("keeps the tag that image automation set while the program changes other lines", () => {
        const merge = mergeFile(applied(marked("1.0.0", 1)), marked("1.0.0", 3), marked("1.0.7", 1));
        assert.deepEqual(merge, { kind: "write", content: marked("1.0.7", 3) });
    });

    it("sets the tag itself as long as image automation has not", () => {
        const merge = mergeFile(applied(marked("1.0.0", 1)), marked("1.1.0", 1), marked("1.0.0", 1));
        assert.deepEqual(merge, { kind: "write", content: marked("1.1.0", 1) });
    });

    it("removes a file whose only change is the tag that image automation set", () => {
        assert.deepEqual(mergeFile(applied(marked("1.0.0", 1)), undefined, marked("1.0.7", 1)), { kind: "delete" });
    });

    it("stops when a person changed more than the tag", () => {
        assert.equal(mergeFile(applied(marked("1.0.0", 1)), marked("1.0.0", 3), marked("1.0.7", 2)).kind, "conflict");
    });
});
