import { createHash } from "node:crypto";

/** `sha256:` and the digest in hexadecimal, as registries write it. */
export function digestOf(content: Buffer): string {
    return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
