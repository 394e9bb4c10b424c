import { ensureToolchain } from "@landfall/toolchain";

/** `toolchain`: builds every program that the sandbox runs, and prints the folder that holds them. */
export async function toolchain(): Promise<number> {
    const { binaries } = await ensureToolchain({ log: (line) => console.error(line) });
    console.log(binaries);
    return 0;
}
