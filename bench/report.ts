import type { Measurement, Ratio, Result, Table } from "./measurement";

/** What the bench found, in one run or in several that measured a part each. */
export interface BenchReport {
    readonly machine: Machine;
    /** By the name of the measurement. */
    readonly results: Readonly<Record<string, Result & Run>>;
}

/** When and how a part was measured. */
interface Run {
    readonly date: string;
    readonly minutes: number;
    /** Load average of the machine before the bench began: what else ran is measured too. */
    readonly load: number;
}

/** What figures of different machines have to agree in to be compared. */
export interface Machine {
    readonly platform: string;
    readonly cpus: number;
}

/** The report for people. */
export function markdown({ machine, results }: BenchReport, measurements: readonly Measurement[]): string {
    const measured = measurements.flatMap(({ name, title }) => {
        const result = results[name];
        return result ? [{ name, title, ...result }] : [];
    });
    const sections = measured.flatMap(({ name, title, date, minutes, load, tables, ratios, notes }) => [
        `## ${title}`,
        ...tables.map(tableText),
        ...notes,
        ...ratios.filter(isMissed).map((ratio) => `**${ratio.name} misses its aim.** ${ratio.why ?? ""}`.trimEnd()),
        `\`npm run bench -- --only ${name}\`: ${date}, ${minutes.toFixed(1)} min.${busyText(load, machine)}`,
    ]);
    const overview = measured.flatMap(({ name, ratios }) =>
        ratios.map((ratio) => [name, ratio.name, ratioText(ratio.value), aimText(ratio)]),
    );
    return `${[
        `# Measured on ${machine.platform} with ${machine.cpus} cores`,
        "Written by `npm run bench -- --save`. Each ratio is of figures of one run, so that the machine cancels out; seconds of " +
            "different machines say nothing about each other.",
        tableText({ head: ["part", "ratio", "value", "aim"], rows: overview }),
        ...sections,
    ].join("\n\n")}\n`;
}

/** Half a core for others is what a machine does that is left alone. */
function busyText(load: number, { cpus }: Machine): string {
    return load > 0.5
        ? ` **Others had the machine too**: its load average was ${load.toFixed(1)} on ${cpus} cores before the bench began.`
        : "";
}

function isMissed({ value, aim }: Ratio): boolean {
    return aim !== undefined && value > aim;
}

function aimText(ratio: Ratio): string {
    return ratio.aim === undefined ? "" : `≤ ${ratioText(ratio.aim)}${isMissed(ratio) ? ", missed" : ""}`;
}

function ratioText(value: number): string {
    return value >= 10 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(2) : value.toFixed(3);
}

function tableText({ head, rows }: Table): string {
    const all = [head, ...rows];
    const widths = head.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? "").length)));
    const line = (row: readonly string[]) =>
        `| ${widths.map((width, i) => (row[i] ?? "").padEnd(width)).join(" | ")} |`;
    return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join("\n");
}
