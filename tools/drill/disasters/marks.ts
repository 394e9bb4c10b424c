import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "./stage";

/** What is there before a disaster and has to be there after it, by what people call it. */
export type Marks = Readonly<Record<string, string>>;

const note = "note.md";
const backupMinutes = 10;

/**
 * Leaves a file that somebody else commits to the fleet repository, unless it is there from the disaster before, and
 * waits until Flux has followed it and there is a backup of the database.
 */
export async function leaveMarks(stage: Stage): Promise<void> {
    if ((await stage.read(note)) === "") {
        await stage.commit(async (git, clone) => {
            fs.writeFileSync(path.join(clone, note), `${new Date().toISOString()}\n`);
            await git("add", note);
            await git("commit", "--quiet", "--message", "A commit of somebody else");
        });
        await stage.succeeds("up", "--yes", "--skip-preview");
    }
    const phases = ["get", "backups.postgresql.cnpg.io", "--namespace", "postgresql", "--output", "jsonpath={..phase}"];
    for (const deadline = Date.now() + backupMinutes * 60_000; ; await sleep(1000)) {
        if ((await stage.kubectl(...phases)).includes("completed")) {
            return;
        }
        if (Date.now() > deadline) {
            throw new Error(`the database has no backup after ${backupMinutes} minutes`);
        }
    }
}

export async function readMarks(stage: Stage): Promise<Marks> {
    const secret = await stage.kubectl(
        ...["get", "secret", "decryption-canary-pgp", "--namespace", "flux-system"],
        ...["--output", "jsonpath={.data.decrypted}"],
    );
    // What stands for the data: a physical backup keeps it, and a new database has another.
    const database = await stage.kubectl(
        ...["get", "clusters.postgresql.cnpg.io", "postgresql", "--namespace", "postgresql"],
        ...["--output", "jsonpath={.status.systemID}"],
    );
    const resource = await stage.resources();
    return {
        "version of the vault's key": String(resource("Key", "landfall-vault-sops").outputs.keyUriWithVersion),
        "client id of velero": String(resource("UserAssignedIdentity", "landfall-velero").outputs.clientId),
        "deploy key": resource("RepositoryDeployKey", "landfall-fleet").id,
        "decrypted Secret": Buffer.from(secret, "base64").toString("utf8"),
        "commit of somebody else": await stage.read(note),
        database,
    };
}
