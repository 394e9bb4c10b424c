import * as assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { connect } from "node:net";
import * as path from "node:path";

/** Listens, connects to itself, says where, and ends with its standard input. */
const program = `
    const net = require("node:net");
    const server = net.createServer((socket) => socket.end()).listen(0, "127.1.2.3", () => {
        const { port } = server.address();
        const client = net.connect(port, "127.1.2.3", () => console.log(port));
        client.on("error", (error) => console.log(String(error)));
    });
    process.stdin.resume().on("end", () => process.exit());`;

/** The command of docs/sandbox.md that gives a shell a network of its own. */
const command = /^unshare .*$/m.exec(fs.readFileSync(path.join(__dirname, "../../docs/sandbox.md"), "utf8"))?.[0] ?? "";

describe("the network of its own that docs/sandbox.md gives a sandbox", () => {
    before("is one that this machine lets its users make", function () {
        if (spawnSync("unshare", ["--user", "--map-current-user", "--net", "true"]).status !== 0) {
            this.skip();
        }
    });

    it("has ports that its own processes reach and nobody else does", async () => {
        const shell = JSON.stringify(process.execPath);
        const child = spawn("bash", ["-c", command.replace('"$SHELL"', `${shell} -e "$PROGRAM"`)], {
            env: { ...process.env, PROGRAM: program },
        });
        try {
            const said = await new Promise<string>((resolve, reject) => {
                child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
                child.once("close", () => reject(new Error(`${command} ended`)));
            });
            assert.match(said, /^\d+$/, "reached from inside");
            const outside = await new Promise<string>((resolve) => {
                connect(Number(said), "127.1.2.3")
                    .once("connect", () => resolve("connected"))
                    .once("error", ({ message }) => resolve(message));
            });
            assert.match(outside, /ECONNREFUSED/);
        } finally {
            child.stdin.end();
        }
    });
});
