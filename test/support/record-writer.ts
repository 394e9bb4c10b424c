import { setTimeout as sleep } from "node:timers/promises";
import type { Checkout } from "./checkout";
import type { Cluster } from "./cluster";
import { PodIdentity } from "./pod-identity";

const arm = "https://management.azure.com";

interface Release {
    readonly spec: { readonly values: { readonly extraArgs: readonly string[]; readonly txtOwnerId: string } };
}

/**
 * Does what external-dns would for one name: writes where it leads, as the identity of its pods and with the values of
 * its release, and nothing in a dry run. A record of another owner is left alone.
 */
export class RecordWriter {
    private isEnding = false;
    private readonly running: Promise<void>;
    /** What it wrote, in order. */
    readonly written: string[] = [];

    constructor(
        private readonly checkout: Checkout,
        private readonly cluster: Cluster,
        private readonly zone: string,
        private readonly name: string,
        private readonly address: string,
    ) {
        this.running = this.run();
        // `end` throws what the last look threw.
        this.running.catch(() => undefined);
    }

    async end(): Promise<void> {
        this.isEnding = true;
        await this.running;
    }

    /** What fails is tried again at the next look, as external-dns does: its pod may just be replaced. */
    private async run(): Promise<void> {
        let problem: Error | undefined;
        for (let current = ""; !this.isEnding; await sleep(1000)) {
            try {
                current = await this.look(current);
                problem = undefined;
            } catch (error) {
                problem = error instanceof Error ? error : new Error(String(error));
            }
        }
        if (problem !== undefined) {
            throw problem;
        }
    }

    /** Gives the owner that it has written as; none in a dry run. */
    private async look(current: string): Promise<string> {
        const { values } = (
            await this.cluster.get<Release>({ kind: "helmreleases.helm.toolkit.fluxcd.io", name: "external-dns" })
        ).spec;
        const wanted = values.extraArgs.includes("--dry-run") ? "" : values.txtOwnerId;
        if (wanted !== "" && wanted !== current) {
            await this.write(wanted);
        }
        return wanted;
    }

    private async write(owner: string): Promise<void> {
        const text = `heritage=external-dns,external-dns/owner=${owner}`;
        const { status, text: answer } = await this.call("GET", `TXT/a-${this.name}`);
        const isOwn = status === 404 || answer.includes(text);
        if (isOwn) {
            await this.call("PUT", `TXT/a-${this.name}`, { TTL: 300, TXTRecords: [{ value: [text] }] });
            await this.call("PUT", `A/${this.name}`, { TTL: 300, ARecords: [{ ipv4Address: this.address }] });
            this.written.push(this.address);
        }
    }

    private async call(method: "GET" | "PUT", record: string, properties?: object) {
        const { kubectl } = this.cluster;
        const account = { account: "external-dns" };
        const pod = await PodIdentity.of(this.checkout.session(), kubectl, "external-dns", account);
        const url = `${arm}${this.zone}/${record}?api-version=2018-05-01`;
        const headers = { "content-type": "application/json" };
        const answer = await pod.call(arm, {
            ...{ method, url, headers },
            ...(properties && { body: JSON.stringify({ properties }) }),
        });
        if (answer.status >= 300 && answer.status !== 404) {
            throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
        }
        return answer;
    }
}
