import { runInCluster } from "./kubectl";
import { ensureToolchain } from "@landfall/toolchain";

/** `flux …`: the real command of Flux, which is built when it is first used. */
export async function flux(args: string[]): Promise<number> {
    await ensureToolchain({ only: ["flux"], log: (line) => console.error(line) });
    return runInCluster("flux", args);
}
