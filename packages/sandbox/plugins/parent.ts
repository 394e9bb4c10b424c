const intervalMilliseconds = 1000;

/** The variable with the id of the process that started the script which became this process. */
export const parentVariable = "LANDFALL_PARENT";

/**
 * Ends this process once its parent is gone: an engine that was killed cannot stop its plugins. The engine may be gone
 * before this process has begun to run; so the script that becomes it says whose child it was.
 */
export function endWithParent(): void {
    const parent = Number(process.env[parentVariable] ?? process.ppid);
    // Not the parent of what this process starts.
    delete process.env[parentVariable];
    const look = () => {
        // The first process is nobody's engine in a sandbox: it takes over whoever has lost a parent.
        if (process.ppid !== parent || parent === 1) {
            process.exit(1);
        }
    };
    look();
    setInterval(look, intervalMilliseconds).unref();
}
