import * as assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { answerOwnUserAlone } from "@landfall/toolchain";
import { otherUser, saidTo } from "../../testing/other-user";

/** Serves on the addresses that it is given, and says where; `unix` is a socket in its folder, which it asks itself. */
const program = `package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

func main() {
	for _, address := range os.Args[1:] {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			panic(err)
		}
		go http.Serve(listener, http.NotFoundHandler())
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		fmt.Println(port)
	}
	listener, _ := net.Listen("unix", "socket")
	go http.Serve(listener, http.NotFoundHandler())
	connection, _ := net.Dial("unix", "socket")
	fmt.Fprintf(connection, "GET / HTTP/1.0\\r\\n\\r\\n")
	count, _ := connection.Read(make([]byte, 8))
	fmt.Println(count)
	select {}
}
`;

describe("a Go program that answers its own user alone", function () {
    this.timeout(120_000);
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-peers-"));

    before("is built", async () => {
        fs.writeFileSync(path.join(directory, "main.go"), program);
        fs.writeFileSync(path.join(directory, "go.mod"), "module peers\n\ngo 1.21\n");
        await answerOwnUserAlone(directory, "main");
        const env = { ...process.env, GOFLAGS: "", GOWORK: "off" };
        execFileSync("go", ["build", "-ldflags=-checklinkname=0", "-o", "peers"], { cwd: directory, env });
    });

    after(() => fs.rmSync(directory, { recursive: true }));

    it("refuses every other, on whatever listener, and no connection of its own", async function () {
        const child = spawn(path.join(directory, "peers"), ["127.0.0.1:0", "127.1.2.3:0", "[::]:0"], {
            cwd: directory,
        });
        try {
            const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
            const line = async () => String((await lines.next()).value);
            const addresses = [`127.0.0.1:${await line()}`, `127.1.2.3:${await line()}`, `127.0.0.1:${await line()}`];
            assert.equal(await line(), "8", "a socket in a folder asks nobody");
            const answered = async (user: readonly string[]) => [...(await saidTo(user, addresses)).values()];
            assert.deepEqual(await answered([]), ["answers", "answers", "answers"]);
            const other = otherUser() ?? this.skip();
            assert.deepEqual(await answered(other), ["closed", "closed", "closed"]);
            assert.deepEqual(await answered([]), ["answers", "answers", "answers"], "it goes on");
        } finally {
            child.kill();
        }
    });
});
