import * as fs from "node:fs";
import * as path from "node:path";
import type { WorldStatus } from "@landfall/sandbox";

/** Ends the API server of a cluster for good: with a file in the place of its data, etcd cannot start again. */
export function endApiServer(cluster: WorldStatus["clusters"][number] | undefined): void {
    const vital = cluster?.processes.filter(({ name }) => /^(etcd|kube-apiserver)$/.test(name)) ?? [];
    if (!cluster || vital.length !== 2) {
        throw new Error("there is no cluster with an API server");
    }
    const data = path.join(path.dirname(cluster.adminKubeconfig), "etcd");
    fs.rmSync(data, { recursive: true });
    fs.writeFileSync(data, "");
    vital.forEach(({ pid }) => process.kill(pid, "SIGKILL"));
}
