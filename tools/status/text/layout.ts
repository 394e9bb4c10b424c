import { styleText } from "node:util";

export const width = 100;

/** Where the text of a part begins, behind its name. */
export const indent = 14;

type Style = Parameters<typeof styleText>[0];

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

const gap = "  ";

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

/** Lines of pieces behind a name. */
export function block(name: string, lines: readonly (readonly Piece[])[], colours: boolean): string {
    return lines
        .map((pieces, index) => {
            const head =
                index === 0 ? paint({ text: name.padEnd(indent), style: "bold" }, colours) : " ".repeat(indent);
            return (head + pieces.map((piece) => paint(piece, colours)).join(gap)).trimEnd();
        })
        .join("\n");
}

export function paint({ text, style }: Piece, colours: boolean): string {
    return colours && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
}
