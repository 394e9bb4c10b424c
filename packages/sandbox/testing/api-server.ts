import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { request } from "node:https";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../network/free-port";

/** etcd and an API server of their own for a test, with one administrator; no controllers, so nothing gets a status. */
export class TestApiServer {
    readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-api-"));
    readonly token = randomBytes(16).toString("hex");
    readonly #processes: ChildProcess[] = [];
    #port = 0;

    get server(): string {
        return `https://127.0.0.1:${this.#port}`;
    }

    /** A kubeconfig with the administrator's token; `user` and `cluster` add to its entries of those names. */
    kubeconfig({ user = { token: this.token }, cluster = {} }: { user?: object; cluster?: object } = {}): string {
        return JSON.stringify({
            apiVersion: "v1",
            kind: "Config",
            clusters: [
                { name: "test", cluster: { server: this.server, "insecure-skip-tls-verify": true, ...cluster } },
            ],
            users: [{ name: "admin", user }],
            contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
            "current-context": "test",
        });
    }

    async start(): Promise<void> {
        const [etcd, peer, api] = await Promise.all([freePort(), freePort(), freePort()]);
        this.#port = api;
        const key = path.join(this.directory, "service-account.key");
        const tokens = path.join(this.directory, "tokens.csv");
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        fs.writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
        fs.writeFileSync(tokens, `${this.token},admin,admin,system:masters\n`, { mode: 0o600 });
        this.#run("etcd", [
            `--data-dir=${path.join(this.directory, "etcd")}`,
            `--listen-client-urls=http://127.0.0.1:${etcd}`,
            `--advertise-client-urls=http://127.0.0.1:${etcd}`,
            `--listen-peer-urls=http://127.0.0.1:${peer}`,
            "--unsafe-no-fsync",
        ]);
        this.#run("kube-apiserver", [
            `--etcd-servers=http://127.0.0.1:${etcd}`,
            `--cert-dir=${path.join(this.directory, "certificates")}`,
            `--secure-port=${api}`,
            "--bind-address=127.0.0.1",
            `--token-auth-file=${tokens}`,
            "--authorization-mode=RBAC",
            "--allow-privileged=true",
            "--service-account-issuer=https://issuer.example/",
            `--service-account-key-file=${key}`,
            `--service-account-signing-key-file=${key}`,
            "--service-cluster-ip-range=10.0.0.0/16",
        ]);
        await this.#ready();
    }

    stop(): void {
        this.#processes.splice(0).forEach((each) => each.kill("SIGKILL"));
        fs.rmSync(this.directory, { recursive: true, force: true });
    }

    #run(program: string, args: string[]): void {
        const log = fs.openSync(path.join(this.directory, `${program}.log`), "w");
        this.#processes.push(spawn(binary(program), args, { stdio: ["ignore", log, log] }));
        fs.closeSync(log);
    }

    async #ready(): Promise<void> {
        for (let attempt = 0; attempt < 300; attempt++) {
            if (await answers(`${this.server}/readyz`, this.token)) {
                return;
            }
            await sleep(100);
        }
        throw new Error(`no API server: ${fs.readFileSync(path.join(this.directory, "kube-apiserver.log"), "utf8")}`);
    }
}

/** A program of the toolchain. */
export function binary(program: string): string {
    const folder = process.env.LANDFALL_BINARIES;
    if (!folder) {
        throw new Error("LANDFALL_BINARIES is not set: run the tests with npm test");
    }
    return path.join(folder, program);
}

function answers(url: string, token: string): Promise<boolean> {
    return new Promise((resolve) => {
        const headers = { authorization: `Bearer ${token}` };
        const call = request(url, { rejectUnauthorized: false, headers }, (response) => {
            response.resume();
            resolve(response.statusCode === 200);
        });
        call.on("error", () => resolve(false));
        call.end();
    });
}
