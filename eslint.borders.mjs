/** The only files of the packages that code outside of them may import. */
const publicFaces = ["sandbox/index.ts", "sandbox/testing/index.ts", "toolchain/index.ts", "facts/index.ts"];

/** `target` imports npm packages, and of this repository only `allowed`. */
function only(target, allowed, message) {
    return { target, from: ".", except: [...allowed, "node_modules"], message };
}

/**
 * Who may import what, for `import-x/no-restricted-paths`, which resolves each import to its file first: a path and a
 * package's name are the same to it. docs/invariants.md lists these borders, test/static/borders.test.ts crosses each.
 */
export const borders = [
    ...["index.ts", "components"].map((target) =>
        only(target, ["components"], "The program does not know of packages, tools and tests."),
    ),
    only("examples", ["examples", "components/index.ts"], "An example uses what components/index.ts exports."),
    only("packages/facts", ["packages/facts"], "The facts stand on their own."),
    only("packages/toolchain", ["packages/toolchain"], "The toolchain stands on its own."),
    only(
        "packages/sandbox",
        ["packages/sandbox", ...publicFaces.map((file) => `packages/${file}`)],
        "The sandbox knows @landfall/facts and @landfall/toolchain; of the rest it is told.",
    ),
    ...["tools", "test", "bench"].map((target) => ({
        target,
        from: "packages",
        except: publicFaces,
        message: "Import a package by its public face: @landfall/facts, /sandbox, /sandbox/testing or /toolchain.",
    })),
    ...["tools/tree", "tools/secret"].map((target) => ({
        target,
        from: ["tools/sandbox", "packages/sandbox"],
        message: "The tree is checked without a sandbox.",
    })),
    { target: "tools", from: ["test", "bench"], message: "A tool does not need the tests." },
];
