import { isKnown, type Layer, type Part, type Problem, type Status } from "../status";
import { flow, indent, type Piece, width, wrap } from "./layout";
import { block, paint } from "./paint";
import { parts } from "./parts";
import { count } from "./words";

/** What is wrong, and then a line or a few for each part: at most 100 columns wide. */
export function text(status: Status, colours: boolean): string {
    const { problems } = status;
    const errors = problems.flatMap((problem) => problemLines(problem, colours));
    return [
        heading(status, colours),
        "",
        ...errors,
        ...(errors.length > 0 ? [""] : []),
        ...(Object.keys(parts) as (keyof typeof parts)[]).map((name) => block(name, linesOf(name, status), colours)),
    ].join("\n");
}

function linesOf(name: keyof typeof parts, status: Status): readonly (readonly Piece[])[] {
    const part: object = status[name];
    const show = parts[name] as (part: object, status: Status) => readonly (readonly Piece[])[];
    return "unknown" in part
        ? flow([{ text: `not known: ${String(part.unknown)}`, style: "yellow" }])
        : show(part, status);
}

function heading({ stack, at, healthy, problems, layers }: Status, colours: boolean): string {
    const errors = problems.filter(({ severity }) => severity === "error").length;
    const warnings = problems.length - errors;
    const more = warnings === 0 ? "" : `, ${count(warnings, "warning")}`;
    const verdict: Piece = healthy
        ? { text: `healthy${more}`, style: "green" }
        : errors > 0
          ? { text: `${count(errors, "error")}${more}`, style: "red" }
          : { text: `${progress(layers)}${more}`, style: "yellow" };
    const time = `${at.slice(0, 19).replace("T", " ")} UTC`;
    const left = `Stack ${stack}: `;
    const padding = " ".repeat(Math.max(1, width - left.length - verdict.text.length - time.length));
    return `${paint({ text: left, style: "bold" }, colours)}${paint(verdict, colours)}${padding}${time}`;
}

function progress(layers: Part<readonly Layer[]>): string {
    if (!isKnown(layers)) {
        return "not known";
    }
    const ready = layers.filter(({ state }) => state === "ready").length;
    const next = layers.find(
        ({ state, waitsFor }) => state !== "ready" && state !== "suspended" && waitsFor.length === 0,
    );
    return `${ready} of ${layers.length} layers ready${next ? `, next ${next.name}` : ""}`;
}

/** Long messages are cut: `describe` shows all of them. */
const messageLines = 4;

function problemLines({ severity, object, message, cause, holds = [], command }: Problem, colours: boolean): string[] {
    const mark: Piece = severity === "error" ? { text: "✗", style: "red" } : { text: "!", style: "yellow" };
    const lines = wrap(message, width - 2);
    const shown = lines.length > messageLines ? [...lines.slice(0, messageLines - 1), "…"] : lines;
    const rows: readonly (readonly [string, string])[] = [
        ...(cause === undefined ? [] : [["cause", cause] as const]),
        ...(holds.length === 0 ? [] : [["holds up", holds.join(", ")] as const]),
    ];
    return [
        `${paint(mark, colours)} ${paint({ text: object, style: "bold" }, colours)}`,
        ...shown.map((line) => `  ${line}`),
        ...rows.flatMap(([name, value]) =>
            wrap(value, width - indent).map(
                (line, index) => `  ${(index === 0 ? name : "").padEnd(indent - 2)}${line}`,
            ),
        ),
        // A command is one line, whatever its length, so that it can be copied.
        `  ${"type".padEnd(indent - 2)}${paint({ text: command, style: "cyan" }, colours)}`,
    ];
}
