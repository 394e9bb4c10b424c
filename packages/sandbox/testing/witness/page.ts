import type { Exchange, Seen, Witness } from "./expectation";
import { runWitness } from "./run-witness";
import { witnesses } from "./witnesses";

interface Row {
    readonly verdict: "same" | "differs" | "not modelled";
    readonly says: string;
    readonly request: string;
    readonly seen: Seen;
    readonly why: string;
}

/**
 * The page that says of each behaviour of Azure that was seen whether the stand-in has it. It says "same" only of what
 * the stand-in answered just now.
 *
 * @throws an Error that names what the stand-in answers in another way without a reason.
 */
export async function witnessPage(): Promise<string> {
    const sections = [];
    const all: Row[] = [];
    for (const witness of witnesses) {
        const rows = await rowsOf(witness);
        all.push(...rows);
        sections.push(section(witness.title, rows));
    }
    const count = (verdict: Row["verdict"]) => all.filter((row) => row.verdict === verdict).length;
    const files = [...new Set(all.map(({ seen: [cassette] }) => cassette))];
    return [
        "# The stand-in for Azure, and Azure",
        "What recorded exchanges with Azure show of the resource types that the program makes, and whether the sandbox's " +
            "stand-in does the same. The recordings are test recordings of public repositories under the MIT licence, named " +
            "below; `#` is the place of an exchange in its recording. The facts are data in `packages/sandbox/testing/witness`; a " +
            "test sends the same requests to the stand-in on a clock that it moves by hand.",
        "This page is written by `npm run docs`, which runs them, and a test holds it to them.",
        `**${count("same")}** behaviours are the same, **${count("differs")}** differ on purpose, **${count("not modelled")}** ` +
            `are not modelled; they were seen in ${exchangesOf(all)} exchanges of ${files.length} recordings.`,
        ...sections,
        "## Recordings",
        files
            .map(({ file, recorded }) => `- \`${nameOf(file)}\`: ${file}${recorded ? `, recorded ${recorded}` : ""}`)
            .sort()
            .join("\n"),
        "",
    ].join("\n\n");
}

async function rowsOf(witness: Witness): Promise<Row[]> {
    const findings = await runWitness(witness);
    const rows = findings.map(({ fact, exchange, differences }): Row => {
        if (differences.length > 0) {
            throw new Error(`${witness.title}: ${fact.says}: ${differences.join("; ")}`);
        }
        const { says, seen, differs } = fact;
        const verdict = differs === undefined ? "same" : "differs";
        return { verdict, says, request: requestOf(exchange), seen, why: differs ?? "" };
    });
    const missing = (witness.notModelled ?? []).map(({ says, seen, why }): Row => ({
        verdict: "not modelled",
        says,
        request: "",
        seen,
        why,
    }));
    return [...rows, ...missing];
}

function section(title: string, rows: readonly Row[]): string {
    const lines = rows.map(({ verdict, says, request, seen: [{ file }, ...places], why }) => {
        const source = `\`${nameOf(file)}\` ${places.map((place) => `#${place}`).join(", ")}`;
        const reason = why === "" ? "" : `: ${why}`;
        return `| ${[request, says.replace(/\|/g, "\\|"), `${verdict}${reason}`, source].join(" | ")} |`;
    });
    return [
        `## ${title}`,
        ["| Request | At Azure | Here | Seen in |", "| --- | --- | --- | --- |", ...lines].join("\n"),
    ].join("\n\n");
}

function requestOf({ send: { method, path } }: Exchange): string {
    const word = path === "@status" ? "status" : path === "@result" ? "result" : (path.split("/").at(-1) ?? "");
    return `${method} ${path.startsWith("@") ? `of the ${word}` : `\`…/${word}\``}`;
}

function nameOf(file: string): string {
    return file.slice(file.lastIndexOf("/") + 1).replace(/\.yaml$/, "");
}

function exchangesOf(rows: readonly Row[]): number {
    return new Set(rows.flatMap(({ seen: [{ file }, ...places] }) => places.map((place) => `${file}#${place}`))).size;
}
