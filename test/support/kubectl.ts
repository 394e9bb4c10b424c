import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { program } from "../../tools/tree/programs";
import type { TestApiServer } from "@landfall/sandbox/testing";

/** What kubectl printed, and whether it failed. */
export interface Answer {
    readonly failed: boolean;
    readonly stdout: string;
    readonly stderr: string;
}

/** Runs kubectl as the administrator of an API server; with objects, these are what it is about. */
export function kubectl(server: TestApiServer, args: readonly string[], objects?: readonly object[]): Promise<Answer> {
    const file = (name: string) => path.join(server.directory, name);
    fs.writeFileSync(file("kubeconfig"), server.kubeconfig(), { mode: 0o600 });
    if (objects) {
        fs.writeFileSync(file("objects.json"), JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    }
    const options = { env: { ...process.env, KUBECACHEDIR: server.directory }, maxBuffer: 2 ** 26 };
    const all = [...args, `--kubeconfig=${file("kubeconfig")}`, ...(objects ? ["-f", file("objects.json")] : [])];
    return new Promise((resolve) => {
        execFile(program("kubectl"), all, options, (error, stdout, stderr) =>
            resolve({ failed: error !== null, stdout, stderr }),
        );
    });
}
