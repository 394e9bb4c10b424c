import { styleText } from "node:util";
import { gap, indent, type Piece } from "./layout";

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
