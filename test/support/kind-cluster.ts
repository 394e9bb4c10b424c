/** The cluster of `kind.ts`, until it is told to end. Arguments: its folder, and the file that says that it runs. */
import * as fs from "node:fs";
import { startBareCluster } from "@landfall/sandbox/testing";

/** What the file says. */
export interface KindCluster {
    readonly pid: number;
    readonly kubeconfig: string;
}

async function main([folder = "", file = ""]: readonly string[]): Promise<void> {
    const starting = startBareCluster(folder, { name: "kind", nodes: [{ name: "kind-control-plane", labels: {} }] });
    const stop = async () => {
        await (await starting).stop();
        fs.rmSync(file, { force: true });
    };
    process.once("SIGTERM", () => void stop());
    const { adminKubeconfig: kubeconfig } = await starting;
    const about: KindCluster = { pid: process.pid, kubeconfig };
    fs.writeFileSync(`${file}.new`, JSON.stringify(about));
    fs.renameSync(`${file}.new`, file);
}

void main(process.argv.slice(2));
