import type { Line, Recording } from "./recording";
import { colours, escaped, font } from "./svg";

const rows = 26;
const columns = 112;
const size = { line: 17, character: 7.2, margin: 16 } as const;
/** Seconds that the picture shows the whole start in, and that it shows the end. */
const shown = { run: 14, end: 6 } as const;

/** The terminal while `npm start` runs, sped up: an SVG that scrolls by itself. */
export function terminalPicture({ lines, seconds }: Recording): string {
    // Those say only that the engine still works.
    const news = lines.filter(({ text }) => !text.startsWith("@ updating"));
    const all: Line[] = [{ at: 0, text: "$ npm start" }, ...news];
    const total = shown.run + shown.end;
    const last = Math.max(seconds, ...all.map(({ at }) => at));
    const timeOf = (at: number) => (at / last) * shown.run;
    const scrolls = all.flatMap(({ at }, index) => ({
        at: timeOf(at),
        offset: Math.min(0, rows - index - 1) * size.line,
    }));
    const [width, height] = [columns * size.character + 2 * size.margin, rows * size.line + 2 * size.margin];
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A terminal in which npm start brings the platform up in ${seconds.toFixed(0)} seconds">
<style>
text { font: 12px ${font}; white-space: pre; fill: ${colours.text}; }
.dim { fill: ${colours.dim}; } .ready { fill: ${colours.ready}; } .command { fill: ${colours.command}; }
#screen { animation: scroll ${total}s steps(1, end) infinite; }
${keyframes("scroll", scrolls, total, ({ offset }) => `transform: translateY(${offset}px)`)}
</style>
<rect width="${width}" height="${height}" rx="8" fill="${colours.ground}"/>
<clipPath id="window"><rect x="0" y="${size.margin - 4}" width="${width}" height="${rows * size.line + 4}"/></clipPath>
<g clip-path="url(#window)"><g transform="translate(${size.margin} ${size.margin + 12})"><g id="screen">
${all.map(({ text }, index) => `<text y="${index * size.line}"${classOf(text)}>${escaped(text.slice(0, columns))}</text>`).join("\n")}
</g></g></g>
</svg>
`;
}

/** One step for each change, and none for what happens at the same time. */
function keyframes<Step extends { at: number }>(
    name: string,
    steps: readonly Step[],
    total: number,
    style: (step: Step) => string,
): string {
    const byPercent = new Map(steps.map((step) => [((step.at / total) * 100).toFixed(2), style(step)]));
    const distinct = [...byPercent].filter(([, now], index, all) => all[index - 1]?.[1] !== now);
    return `@keyframes ${name} { ${distinct.map(([percent, now]) => `${percent}% { ${now} }`).join(" ")} }`;
}

function classOf(text: string): string {
    const name = text.startsWith("$ ")
        ? "command"
        : /\bReady\b|is up\b/.test(text)
          ? "ready"
          : /^ [+~@ ]| creating|^\s*$/.test(text)
            ? "dim"
            : undefined;
    return name === undefined ? "" : ` class="${name}"`;
}
