import { stat } from "node:fs/promises";

/** Whether there is a file or folder. */
export async function exists(path: string): Promise<boolean> {
    return stat(path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
            if (error.code === "ENOENT") {
                return false;
            }
            throw error;
        },
    );
}
