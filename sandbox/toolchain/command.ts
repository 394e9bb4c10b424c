import { ensureToolchain } from "./toolchain";

/** `npm run sandbox -- toolchain [program…]`: builds the programs, or the named ones, and prints where they are. */
export async function toolchainCommand(names: readonly string[]): Promise<void> {
    const only = names.length === 0 ? undefined : names;
    const { binaries } = await ensureToolchain({ only, log: (line) => console.log(line) });
    console.log(binaries);
}

if (require.main === module) {
    toolchainCommand(process.argv.slice(2)).catch((error: Error) => {
        console.error(error.message);
        process.exitCode = 1;
    });
}
