import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { clusterOf } from "../../tools/sandbox/flux-status";
import type { Checkout } from "./checkout";
import type { Cluster } from "./cluster";
import { PodIdentity } from "./pod-identity";
import { ensureToolchain } from "@landfall/toolchain";

/** What external-dns wrote while it ran, and whether it failed. */
interface Synchronized {
    readonly code: number;
    readonly log: string;
}

/**
 * The program external-dns, beside the pod that kwok plays: with the arguments, variables, configuration and identities
 * that this pod has, for one round.
 */
export class ExternalDns {
    private constructor(
        private readonly checkout: Checkout,
        private readonly cluster: Cluster,
        private readonly program: string,
    ) {}

    /** Builds the program, unless it is there. */
    static async of(checkout: Checkout, cluster: Cluster): Promise<ExternalDns> {
        const { binaries } = await ensureToolchain({ log: (line) => console.error(line), only: ["external-dns"] });
        return new ExternalDns(checkout, cluster, path.join(binaries, "external-dns"));
    }

    /** Reads the cluster and the zone, and writes what differs. */
    async synchronize(): Promise<Synchronized> {
        const account = { account: "external-dns" };
        const pod = await PodIdentity.of(this.checkout.session(), this.cluster.kubectl, "external-dns", account);
        const { data } = await this.cluster.get<{ data: Record<string, string> }>({
            ...{ kind: "configmap", name: "external-dns-azure", namespace: "external-dns" },
        });
        const [azure, token] = [
            this.write("azure.json", data["azure.json"] ?? ""),
            this.write("azure-token", await pod.assertion()),
        ];
        const kubeconfig = this.write("external-dns-kubeconfig", await this.kubeconfig(await pod.token()));
        // After the pod's own: the last one counts.
        const places = [`--azure-config-file=${azure}`, `--kubeconfig=${kubeconfig}`, "--metrics-address=127.0.0.1:0"];
        const env = { PATH: process.env.PATH, ...pod.environment(), AZURE_FEDERATED_TOKEN_FILE: token };
        return new Promise((resolve) => {
            execFile(this.program, [...pod.args, ...places, "--once"], { env }, (error, _, log) =>
                resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, log }),
            );
        });
    }

    private async kubeconfig(token: string): Promise<string> {
        const { adminKubeconfig = "" } = (await clusterOf(this.checkout.sandbox, "staging")) ?? {};
        const config = parse(fs.readFileSync(adminKubeconfig, "utf8")) as { users: { user: object }[] };
        config.users.forEach((each) => (each.user = { token }));
        return JSON.stringify(config);
    }

    private write(name: string, content: string): string {
        const file = path.join(this.checkout.directory, name);
        fs.writeFileSync(file, content, { mode: 0o600 });
        return file;
    }
}
