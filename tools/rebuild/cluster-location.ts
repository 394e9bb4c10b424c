import * as fs from "node:fs";
import * as path from "node:path";
import { writeSetting } from "../stack-file";
import type { JournalFile } from "./journal";

const setting = "landfall:clusterLocation";

interface Place {
    readonly repository: string;
    readonly stack: string;
    readonly journal: JournalFile;
    readonly planOnly: boolean;
}

/**
 * Does what `run` does with another region for the cluster in the stack's file, which keeps it once the rebuild has
 * begun: refused, or only planned, it leaves the file as it was.
 */
export async function withClusterLocation(
    location: string | undefined,
    { repository, stack, journal, planOnly }: Place,
    run: () => Promise<number>,
): Promise<number> {
    if (location === undefined) {
        return run();
    }
    const file = path.join(repository, `Pulumi.${stack}.yaml`);
    const before = fs.readFileSync(file, "utf8");
    writeSetting(file, setting, location);
    let isDone = false;
    try {
        const code = await run();
        isDone = code === 0 && !planOnly;
        return code;
    } finally {
        if (!isDone && journal.read() === undefined) {
            fs.writeFileSync(file, before);
        }
    }
}
