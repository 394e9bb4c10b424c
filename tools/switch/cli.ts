/** Another cluster of a stack takes over, by one command, and gives back by one. */
import * as path from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../../components/user-error";
import { Engine } from "../rebuild/engine";
import { JournalFile, journalFolder } from "../rebuild/journal";
import { RebuildError } from "../rebuild/rebuild-error";
import { giveReport } from "../rebuild/report";
import { workplace } from "../rebuild/workplace";
import { runCommand } from "../run-command";
import { againInSandbox, changeOptions } from "../run-in-sandbox";
import { readPair } from "./active-cluster";
import { reportText } from "./report";
import { switchCluster } from "./switch";
import { SandboxError } from "@landfall/sandbox";

const usage = `Usage: npm run switch -- --stack STACK --to CLUSTER [--sandbox] [--plan | --yes] [--report FILE]

  Makes another cluster of landfall:clusters the active one: PostgreSQL ends where it is and comes back there, and the
  DNS records follow. Says first what it will do and how old the backups are, refuses when that cluster is not Ready, and
  asks for the stack's name. Run again after an interruption, it goes on; with the other cluster's name, it goes back.

  --to CLUSTER   the cluster that is to be active
  --sandbox      the stack in the sandbox that runs, instead of the real one
  --plan         says what would happen, and changes nothing
  --yes          does not ask; without a terminal, nobody can be asked
  --report FILE  writes the result as JSON`;

const repository = path.join(__dirname, "../..");

async function main(args: string[]): Promise<number> {
    const { values } = parseArgs({
        args,
        options: { ...changeOptions, to: { type: "string" }, report: { type: "string" } },
    });
    const { stack, to, "sandbox-folder": sandbox } = values;
    if (values.help || stack === undefined || to === undefined) {
        console.error(usage);
        return values.help ? 0 : 2;
    }
    if (values.sandbox) {
        return againInSandbox({ file: __filename, stack, needsStackFile: true }, args);
    }
    const place = workplace(repository, stack, sandbox);
    const report = await switchCluster({
        engine: new Engine(place),
        pair: readPair(repository, stack, to),
        stackFiles: [...new Set([repository, place.stackFiles])],
        journal: new JournalFile(sandbox ?? journalFolder(), stack, "switch"),
        yes: values.yes,
        planOnly: values.plan,
    });
    if (report) {
        giveReport(report, reportText(report), values.report);
    }
    return 0;
}

runCommand(main, { usage, forPeople: [RebuildError, UserError, SandboxError] });
