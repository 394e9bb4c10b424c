import type { State } from "../status";
import type { Piece, Style } from "./layout";

const marks: Readonly<Record<State, readonly [string, Style]>> = {
    ready: ["✓", "green"],
    working: ["…", "yellow"],
    waiting: ["·", "dim"],
    failed: ["✗", "red"],
    suspended: ["‖", "magenta"],
    planned: ["·", "dim"],
};

export function marked(state: State, text: string): Piece {
    const [mark, style] = marks[state];
    return { text: `${mark} ${text}`, style };
}

/** The time between two times in one unit, as people say it. */
function span(from: string, to: string): string {
    const seconds = Math.round(Math.abs(Date.parse(to) - Date.parse(from)) / 1000);
    const units = [
        ["d", 86_400],
        ["h", 3600],
        ["min", 60],
    ] as const;
    const [unit, size] = units.find(([, length]) => seconds >= 2 * length) ?? ["s", 1];
    return `${Math.floor(seconds / size)} ${unit}`;
}

/** A time before or after another. */
export function when(time: string, now: string): string {
    return time > now ? `in ${span(now, time)}` : `${span(time, now)} ago`;
}

/** The beginning of a commit, which is enough to tell it. */
export function short(commit: string): string {
    return (commit.split(":").at(-1) ?? commit).slice(0, 8);
}

export function count(number: number, one: string, many = `${one}s`): string {
    return `${number} ${number === 1 ? one : many}`;
}
