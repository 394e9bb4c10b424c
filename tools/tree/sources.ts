import * as fs from "node:fs";
import * as path from "node:path";
import { type Document, LineCounter, parseAllDocuments } from "yaml";
import type { ManifestTree } from "../../components/gitops/fleet/manifest-tree";

/** A file of the tree as YAML, with what it takes to turn offsets into lines. */
export interface Parsed {
    readonly documents: readonly Document.Parsed[];
    /** The first document as plain data: shared, never change it. */
    readonly content: unknown;
    /** Line of an offset, from 1. */
    lineAt(offset: number): number;
}

const parsedByText = new Map<string, Parsed>();

/** The files of a tree as they were when it was read. */
export class Sources {
    /** Absolute, with symbolic links followed, as kustomize reports it. */
    readonly root: string;
    private readonly texts: ReadonlyMap<string, string>;

    constructor(root: string) {
        this.root = fs.realpathSync(root);
        const files = fs
            .readdirSync(this.root, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => path.relative(this.root, path.join(entry.parentPath, entry.name)))
            .sort();
        this.texts = new Map(files.map((file) => [file, fs.readFileSync(path.join(this.root, file), "utf8")]));
    }

    /** Paths from the root, in alphabetical order. */
    get files(): readonly string[] {
        return [...this.texts.keys()];
    }

    has(file: string): boolean {
        return this.texts.has(file);
    }

    /** Text of a file; empty if there is none. */
    text(file: string): string {
        return this.texts.get(file) ?? "";
    }

    /** Every file with its text. */
    tree(): ManifestTree {
        return Object.fromEntries(this.texts);
    }

    /** Files below a folder. */
    below(folder: string): readonly string[] {
        return this.files.filter((file) => file.startsWith(`${folder}/`));
    }

    /** Names of the folders directly in a folder. */
    foldersIn(folder: string): readonly string[] {
        const rest = this.below(folder).map((file) => file.slice(folder.length + 1).split("/"));
        return [...new Set(rest.filter(({ length }) => length > 1).map(([name = ""]) => name))];
    }

    /** Names of the environments. */
    get environments(): readonly string[] {
        return this.foldersIn("clusters").filter((name) => name !== "base");
    }

    yaml(file: string): Parsed {
        return parseYaml(this.text(file));
    }

    /** Line of the first text that matches, from 1; 1 if none does. */
    lineOf(file: string, pattern: string | RegExp): number {
        const matches = (line: string) => (typeof pattern === "string" ? line.includes(pattern) : pattern.test(line));
        return Math.max(this.text(file).split("\n").findIndex(matches), 0) + 1;
    }
}

/** YAML with positions. Parsed once for each text. */
export function parseYaml(text: string): Parsed {
    const known = parsedByText.get(text);
    if (known) {
        return known;
    }
    const counter = new LineCounter();
    const documents = parseAllDocuments(text, { lineCounter: counter });
    const parsed: Parsed = {
        documents: Array.isArray(documents) ? documents : [],
        content: Array.isArray(documents) ? documents[0]?.toJS() : undefined,
        lineAt: (offset) => counter.linePos(offset).line,
    };
    parsedByText.set(text, parsed);
    return parsed;
}
