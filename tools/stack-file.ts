import * as fs from "node:fs";
import { isMap, parseDocument, type Scalar } from "yaml";

/** Writes a setting into a stack's file. Everything else in it stays as it is. */
export function writeSetting(file: string, key: string, value: string): void {
    const text = fs.readFileSync(file, "utf8");
    const config = parseDocument(text).get("config");
    const pairs = isMap<Scalar, Scalar>(config) ? config.items : [];
    const present = pairs.find((pair) => pair.key.value === key)?.value?.range;
    // Not written by the library, which would also format the rest.
    const [start = 0, end = start] = present ?? pairs[0]?.key.range?.slice(0, 1) ?? [];
    const indent = text.slice(text.lastIndexOf("\n", start) + 1, start);
    const written = present ? value : `${key}: ${value}\n${indent}`;
    fs.writeFileSync(file, text.slice(0, start) + written + text.slice(end));
}
