import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

const mebibyte = 2 ** 20;
/** Bytes of a compressed record for a character of the padding, which is in base64 twice. Measured. */
const density = 0.945;

/**
 * A file that makes Helm's record of a release as large as the published chart's, which has templates and texts that a
 * stand-in does not have. Helm keeps the record in a Secret: the files of the chart and what they made, as JSON in gzip
 * in base64.
 *
 * @param files of the chart without this one, by their paths.
 * @param manifest what they make, roughly.
 * @param share of what a Secret holds, in percent.
 */
export function recordPadding(files: Readonly<Record<string, string>>, manifest: string, share: number): string {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const record = { manifest, chart: Object.entries(files).map(([name, text]) => ({ name, data: base64(text) })) };
    const own = gzipSync(JSON.stringify(record)).length;
    const missing = (share / 100) * mebibyte * (3 / 4) - own;
    return missing <= 0 ? "" : noise(Math.round(missing / density));
}

/** Text that does not compress, the same at every start. */
function noise(length: number): string {
    const bytes = createHash("shake256", { outputLength: Math.ceil((length * 3) / 4) }).digest();
    return bytes.toString("base64").slice(0, length);
}
