import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SecretError } from "./secret-error";
import { fileOf, type SecretName } from "./secret-file";
import { sopsAtTerminal } from "./sops";

/** Where plain text may lie while an editor has it open: in memory, of the machine's or of the person's session. */
const memory = ["/dev/shm", process.env.XDG_RUNTIME_DIR];

/**
 * Opens a Secret in the person's editor. sops keeps the plain text in a file below TMPDIR while the editor runs: here
 * in a folder in memory, which only the caller can open, and which is removed whatever ends the editor.
 *
 * @throws SecretError if the file does not exist, or if the machine has no folder in memory.
 */
export function editSecret(tree: string, secret: SecretName): void {
    const file = fileOf(tree, secret);
    if (!fs.existsSync(path.join(tree, file))) {
        throw new SecretError(`gitops/${file} does not exist; make it with: npm run secret -- set`);
    }
    const parent = memory.find((folder) => folder && isInMemory(folder));
    if (!parent) {
        throw new SecretError(
            "edit needs a folder in memory for the plain text, /dev/shm or XDG_RUNTIME_DIR, and there is none; use npm run secret -- set",
        );
    }
    const folder = fs.mkdtempSync(path.join(parent, "landfall-edit-"));
    // A signal from the terminal goes to the editor too, which ends by it or not; this process stays to clean up.
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    const stay = () => undefined;
    signals.forEach((signal) => process.on(signal, stay));
    try {
        sopsAtTerminal(tree, ["edit", file], { ...process.env, TMPDIR: folder });
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
        signals.forEach((signal) => process.off(signal, stay));
    }
}

/** Numbers of the file systems tmpfs and ramfs, from statfs(2). */
const inMemory = new Set([0x01021994, 0x858458f6]);

function isInMemory(folder: string): boolean {
    try {
        return os.platform() === "linux" && inMemory.has(fs.statfsSync(folder).type);
    } catch {
        return false;
    }
}
