import { setTimeout as sleep } from "node:timers/promises";
import { AppsV1Api, KubeConfig } from "@kubernetes/client-node";
import type { Checkout } from "../../test/support/checkout";
import { Cluster } from "../../test/support/cluster";
import { FleetPushes } from "../../test/support/fleet-pushes";
import { podinfoTag } from "../../test/support/podinfo-tag";
import { clusterOf } from "../../tools/sandbox/cluster-of";
import { type Bench, stack } from "../bench";
import { BenchError } from "../bench-error";
import type { Measurement, Result } from "../measurement";
import { percentile } from "../statistics";

/** How long a push takes until the cluster has it, where GitHub tells Flux of it and where it does not. */
export const delivery: Measurement = {
    name: "delivery",
    title: "From a push to the cluster, by webhook and by polling",
    run: measure,
};

const app = { name: "podinfo", namespace: "podinfo" };
/** Past every version of the app, so that one applied says which push it is of. */
const major = 99;
const limitMs = 5 * 60_000;

async function measure(bench: Bench): Promise<Result> {
    const { checkout } = await bench.platform();
    const pushes = new FleetPushes(checkout, new Cluster(checkout));
    const token = await pushes.webhookToken();
    const image = await appliedImage(checkout);
    let number = 0;
    const push = () => {
        const version = ++number;
        pushes.commit([podinfoTag.file, podinfoTag.value, `${major}.0.${version}`]);
        return version;
    };

    bench.log("pushes with the webhook");
    const byWebhook: number[] = [];
    for (let run = 0; run < (bench.quick ? 2 : 20); run++) {
        const version = push();
        const pushed = performance.now();
        const status = await pushes.post(token);
        if (status !== 200) {
            throw new BenchError(`the webhook is answered with ${status}`);
        }
        await appliedSince(image, version);
        byWebhook.push((performance.now() - pushed) / 1000);
    }

    bench.log("pushes without it");
    const byPolling = await pollingLatencies(image, push, bench.quick ? 70_000 : 180_000);
    const [webhook, polling] = [summary(byWebhook), summary(byPolling)];
    return {
        tables: [
            {
                head: ["", "pushes", "p50", "p95"],
                rows: [
                    ["webhook", ...webhook.cells],
                    ["polling", ...polling.cells],
                ],
            },
        ],
        ratios: [
            { name: "webhook / polling, p50", value: webhook.p50 / polling.p50 },
            { name: "webhook p95 / webhook p50", value: webhook.p95 / webhook.p50 },
        ],
        notes: [
            "From the end of `git push` until the Deployment of podinfo has the new image. The webhook is posted to the controller itself; GitHub's own delay is not in it.",
            "Without the webhook, pushes come every five seconds, so that they meet the source's interval of a minute at all of its points.",
        ],
    };
}

/** Pushes every five seconds for this long; each counts as applied with the first applied push that is not older. */
async function pollingLatencies(image: () => Promise<number>, push: () => number, ms: number): Promise<number[]> {
    const pushed = new Map<number, number>();
    const latencies: number[] = [];
    const started = performance.now();
    let next = started;
    while (performance.now() - started < ms || pushed.size > 0) {
        if (performance.now() - started < ms && performance.now() >= next) {
            const version = push();
            pushed.set(version, performance.now());
            next += 5000;
        }
        const applied = await image();
        const now = performance.now();
        for (const [version, at] of pushed) {
            if (version <= applied) {
                latencies.push((now - at) / 1000);
                pushed.delete(version);
            } else if (now - at > limitMs) {
                throw new BenchError(`a push is not applied after ${limitMs / 60_000} minutes`);
            }
        }
        await sleep(100);
    }
    return latencies;
}

async function appliedSince(image: () => Promise<number>, version: number): Promise<void> {
    for (const deadline = Date.now() + limitMs; (await image()) < version; await sleep(50)) {
        if (Date.now() > deadline) {
            throw new BenchError(`a push is not applied ${limitMs / 60_000} minutes after the webhook`);
        }
    }
}

/** Asks for the number of the last push whose image the app has; 0 before the first. */
async function appliedImage(checkout: Checkout): Promise<() => Promise<number>> {
    const cluster = await clusterOf(checkout.sandbox, stack);
    if (cluster === undefined) {
        throw new BenchError(`stack ${stack} has no cluster`);
    }
    const config = new KubeConfig();
    config.loadFromFile(cluster.adminKubeconfig);
    const api = config.makeApiClient(AppsV1Api);
    return async () => {
        const deployment = await api.readNamespacedDeployment(app);
        const image = deployment.spec?.template.spec?.containers[0]?.image ?? "";
        return Number(new RegExp(`:${major}\\.0\\.(\\d+)`).exec(image)?.[1] ?? 0);
    };
}

function summary(latencies: readonly number[]) {
    const [p50, p95] = [percentile(latencies, 0.5), percentile(latencies, 0.95)];
    return { p50, p95, cells: [String(latencies.length), `${p50.toFixed(1)} s`, `${p95.toFixed(1)} s`] };
}
