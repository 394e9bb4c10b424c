const intervalMilliseconds = 1000;

/** Ends this process once its parent is gone: an engine that was killed cannot stop its plugins. */
export function endWithParent(): void {
    const parent = process.ppid;
    setInterval(() => {
        if (process.ppid !== parent) {
            process.exit(1);
        }
    }, intervalMilliseconds).unref();
}
