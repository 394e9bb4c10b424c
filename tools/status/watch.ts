import { sleep } from "../../components/gitops/readiness/sleep";
import type { Status } from "./status";
import { text } from "./text/text";

const pauseSeconds = 2;

/**
 * Shows the status again and again until a signal. A terminal gets one screen that changes; anything else gets what
 * changed, below what it got before. Gives the exit code of the last look.
 */
export async function watch(look: () => Promise<Status>, { json }: { readonly json: boolean }): Promise<number> {
    const screen = process.stdout.isTTY && !json ? new Screen() : undefined;
    let isOver = false;
    const over = new Promise<void>((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.once(signal, () => {
                isOver = true;
                resolve();
            });
        }
    });
    let shown = "";
    let healthy = false;
    try {
        while (!isOver) {
            const status = await Promise.race([look(), over]);
            if (status && screen) {
                screen.show(text(status, !process.env.NO_COLOR));
            } else if (status && meaning(status) !== shown) {
                console.log(json ? JSON.stringify(status) : `${text(status, false)}\n`);
                shown = meaning(status);
            }
            healthy = status?.healthy ?? healthy;
            await Promise.race([sleep(pauseSeconds), over]);
        }
    } finally {
        screen?.close();
    }
    return healthy ? 0 : 1;
}

/** What two looks have to differ in to be worth showing both. */
function meaning({ at: _, events: __, ...rest }: Status): string {
    return JSON.stringify(rest);
}

/** The terminal's other screen, which leaves what was there before as it was. */
class Screen {
    constructor() {
        process.stdout.write("\x1b[?1049h\x1b[?25l");
    }

    show(content: string): void {
        const lines = content.split("\n").slice(0, (process.stdout.rows ?? 24) - 1);
        // Each line is cleared behind its end, and what is below the last: without a flicker.
        process.stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\n")}\x1b[J`);
    }

    close(): void {
        process.stdout.write("\x1b[?25h\x1b[?1049l");
    }
}
