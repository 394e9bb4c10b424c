/** Another cluster of a stack takes over, by one command, and gives back by one. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../../components/user-error";
import { Engine } from "../rebuild/engine";
import { JournalFile, journalFolder } from "../rebuild/journal";
import { RebuildError } from "../rebuild/rebuild-error";
import { workplace } from "../rebuild/workplace";
import { runCommand } from "../run-command";
import { runInSandbox } from "../run-in-sandbox";
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
        options: {
            stack: { type: "string" },
            to: { type: "string" },
            sandbox: { type: "boolean", default: false },
            plan: { type: "boolean", default: false },
            yes: { type: "boolean", default: false },
            report: { type: "string" },
            "sandbox-folder": { type: "string" },
            help: { type: "boolean", default: false },
        },
    });
    const { stack, to, "sandbox-folder": sandbox } = values;
    if (values.help || stack === undefined || to === undefined) {
        console.error(usage);
        return values.help ? 0 : 2;
    }
    if (values.sandbox) {
        const others = args.filter((arg) => arg !== "--sandbox");
        return runInSandbox({
            file: path.join(__dirname, "cli.ts"),
            stack,
            args: (directory) => [...others, "--sandbox-folder", directory],
            needsStackFile: true,
        });
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
        console.log(reportText(report));
        if (values.report) {
            fs.writeFileSync(values.report, `${JSON.stringify(report, undefined, 2)}\n`);
        }
    }
    return 0;
}

runCommand(main, { usage, forPeople: [RebuildError, UserError, SandboxError] });
