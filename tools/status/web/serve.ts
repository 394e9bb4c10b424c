import type { Status } from "../status";
import { StatusServer } from "./server";

/** Serves the page until a signal. */
export async function serve(look: () => Promise<Status>): Promise<number> {
    const over = new Promise<void>((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.once(signal, () => resolve());
        }
    });
    const server = await StatusServer.start(look);
    console.log(`Open ${server.url}\nThe address is for you alone. Ctrl-C ends it.`);
    await over;
    await server.stop();
    return 0;
}
