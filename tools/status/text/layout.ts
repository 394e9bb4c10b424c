export const width = 100;

/** Where the text of a part begins, behind its name. */
export const indent = 14;

export type Style = "bold" | "dim" | "green" | "yellow" | "red" | "magenta" | "cyan";

/** Some text that stays in one line, unless it is longer than one. */
export interface Piece {
    readonly text: string;
    readonly style?: Style;
}

/** Pieces side by side, with a gap between them, in as many lines as they take. */
export function flow(pieces: readonly Piece[], room = width - indent): Piece[][] {
    const lines: Piece[][] = [];
    let used = room;
    for (const piece of pieces.flatMap((one) => broken(one, room))) {
        const needed = piece.text.length + gap.length;
        if (used + needed > room + gap.length) {
            lines.push([]);
            used = 0;
        }
        lines.at(-1)?.push(piece);
        used += needed;
    }
    return lines;
}

/** Between two pieces of a line. */
export const gap = "  ";

/** A piece in lines that fit: between words, or within one that is longer than a line. */
function broken({ text, ...style }: Piece, room: number): Piece[] {
    return wrap(text, room).map((line) => ({ text: line, ...style }));
}

export function wrap(text: string, room: number): string[] {
    const lines = [""];
    for (const word of text.split(" ").flatMap((long) => long.match(new RegExp(`.{1,${room}}`, "gu")) ?? [""])) {
        const last = lines.at(-1) ?? "";
        if (last === "") {
            lines[lines.length - 1] = word;
        } else if (last.length + 1 + word.length <= room) {
            lines[lines.length - 1] = `${last} ${word}`;
        } else {
            lines.push(word);
        }
    }
    return lines;
}
