import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** Enough for a lock and for what else has less than a page, and not for a state. */
const freeBytes = 16 * 1024;

/** A folder that is put on a disk of its own, which is full. Only root may do that. */
export class FullDisk {
    private readonly filling: string;
    private readonly aside: string;

    constructor(private readonly folder: string) {
        this.filling = path.join(folder, "filling");
        this.aside = `${folder}-aside`;
    }

    mount(): void {
        fs.renameSync(this.folder, this.aside);
        fs.mkdirSync(this.folder, { mode: 0o700 });
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m,mode=0700", "tmpfs", this.folder]);
        fs.cpSync(this.aside, this.folder, { recursive: true });
        const { bavail, bsize } = fs.statfsSync(this.folder);
        fs.writeFileSync(this.filling, Buffer.alloc(bavail * bsize - freeBytes));
    }

    /** Makes room on it. */
    clear(): void {
        fs.rmSync(this.filling);
    }

    /** Puts what is on it back to where it was. */
    unmount(): void {
        fs.rmSync(this.aside, { recursive: true });
        fs.cpSync(this.folder, this.aside, { recursive: true });
        execFileSync("umount", [this.folder]);
        fs.rmdirSync(this.folder);
        fs.renameSync(this.aside, this.folder);
    }
}
