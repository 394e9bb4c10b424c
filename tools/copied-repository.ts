import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Copies what Git knows of a repository and what it would add; the packages, which nobody changes in a copy, are
 * linked.
 */
export function copyRepository(root: string, copy: string): void {
    const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", ":!packages"];
    const files = execFileSync("git", list, { cwd: root, encoding: "utf8" }).split("\0");
    for (const file of files.filter((name) => name !== "" && fs.existsSync(path.join(root, name)))) {
        const target = path.join(copy, file);
        fs.mkdirSync(path.dirname(target), { recursive: true });
        fs.copyFileSync(path.join(root, file), target);
    }
    for (const linked of ["node_modules", "packages"]) {
        fs.symlinkSync(path.join(root, linked), path.join(copy, linked));
    }
}
