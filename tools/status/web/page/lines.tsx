import type { Piece } from "../../text/layout";

export type ShownLines = readonly (readonly Piece[])[];

/** The lines that the terminal shows; a narrow window breaks them. */
export function Lines({ lines }: { readonly lines: ShownLines }) {
    return (
        <>
            {lines.map((pieces, line) => (
                <p key={line} class="line">
                    {pieces.map(({ text, style }, index) => (
                        <span key={index} class={style}>
                            {text}
                        </span>
                    ))}
                </p>
            ))}
        </>
    );
}
