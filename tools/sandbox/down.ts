import { lock, sandboxDirectory, tearDown } from "@landfall/sandbox";

/** `down`: ends every process of the sandbox and removes its folder. */
export async function down(): Promise<number> {
    const release = lock(sandboxDirectory());
    try {
        await tearDown(sandboxDirectory());
    } finally {
        release();
    }
    return 0;
}
