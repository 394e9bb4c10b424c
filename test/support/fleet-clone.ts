import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { organization } from "../../tools/drill/github-deployer";
import type { Checkout } from "./checkout";

/** A file, the text in it, and what takes its place. A file that is not there begins as an empty text. */
export type Edit = readonly [file: string, from: RegExp | string, to: string];

/** Somebody's clone of staging's fleet repository. */
export class FleetClone {
    readonly directory: string;

    constructor(checkout: Checkout) {
        const bare = path.join(checkout.session().fleetRepositories, organization, "fleet-staging.git");
        this.directory = fs.mkdtempSync(path.join(checkout.directory, "fleet-"));
        this.git("clone", "--quiet", "--branch", "staging", bare, ".");
        this.git("config", "user.name", "Operator");
        this.git("config", "user.email", "operator@example.org");
    }

    git(...args: string[]): string {
        return execFileSync("git", args, { cwd: this.directory, encoding: "utf8", stdio: "pipe" }).trim();
    }

    /** Changes files, and pushes that as one commit on top of the branch; gives its id. */
    push(...edits: readonly Edit[]): string {
        this.git("pull", "--quiet", "--rebase");
        for (const [name, from, to] of edits) {
            const file = path.join(this.directory, name);
            const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
            assert.notEqual(text.replace(from, to), text, name);
            fs.mkdirSync(path.dirname(file), { recursive: true });
            fs.writeFileSync(file, text.replace(from, to));
        }
        this.git("add", "--all");
        this.git("commit", "--quiet", "--allow-empty", "--message=A change");
        this.git("push", "--quiet");
        return this.git("rev-parse", "HEAD");
    }
}
