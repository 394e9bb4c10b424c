// How ts-node turns the program into JavaScript, for Pulumi (tsconfig.pulumi.json): with TypeScript, as it does by itself,
// but a file that has not changed is not done again. That is a quarter of an update that changes nothing.
"use strict";

const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

const root = path.dirname(path.dirname(__dirname));
const kept = path.join(root, "node_modules", ".cache", "landfall", "program");

/** https://typestrong.org/ts-node/docs/transpilers/#third-party-transpilers */
exports.create = ({ service: { config } }) => ({
    transpile(source, { fileName }) {
        const digest = digestOf(source, config.options);
        const file = path.join(kept, `${path.relative(root, fileName).replaceAll(path.sep, "%")}.json`);
        const found = read(file);
        if (found?.digest === digest) {
            return found.result;
        }
        const compilerOptions = config.options;
        const result = ts.transpileModule(source, { fileName, compilerOptions, reportDiagnostics: true });
        if (result.diagnostics.length === 0) {
            const { outputText, sourceMapText } = result;
            write(file, { digest, result: { outputText, sourceMapText } });
        }
        return result;
    },
});

/** Of another copy of the repository it is the same: what ts-node adds to the options says where this one is. */
function digestOf(source, options) {
    const placed = JSON.stringify(options).replaceAll(JSON.stringify(root).slice(1, -1), "");
    return createHash("sha256")
        .update(JSON.stringify([ts.version, placed, source]))
        .digest("hex");
}

function read(file) {
    try {
        return JSON.parse(fs.readFileSync(file, "utf8"));
    } catch (error) {
        if (error.code === "ENOENT" || error instanceof SyntaxError) {
            return undefined;
        }
        throw error;
    }
}

/** Two updates may write the same file at once. */
function write(file, content) {
    const draft = `${file}.${process.pid}`;
    try {
        fs.mkdirSync(kept, { recursive: true });
        fs.writeFileSync(draft, JSON.stringify(content));
        fs.renameSync(draft, file);
    } catch (error) {
        // Packages that somebody else looks after: then each update does it anew.
        if (error.code !== "EACCES" && error.code !== "EROFS") {
            throw error;
        }
    }
}
