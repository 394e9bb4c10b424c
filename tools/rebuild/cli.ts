/** Disaster recovery as one command: what can be made again is made again, and what cannot is not touched. */
import * as path from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "../run-command";
import { againInSandbox, changeOptions } from "../run-in-sandbox";
import { readStack } from "../status/stack";
import { StatusError } from "../status/status-error";
import { withClusterLocation } from "./cluster-location";
import { Engine } from "./engine";
import { JournalFile, journalFolder } from "./journal";
import { rebuild } from "./rebuild";
import { RebuildError } from "./rebuild-error";
import { giveReport, reportText } from "./report";
import { restoreState } from "./state-lost";
import { workplace } from "./workplace";
import { sandboxDirectory, SandboxError } from "@landfall/sandbox";

const usage = `Usage: npm run rebuild -- --stack STACK [--sandbox] [--location REGION | --state-lost] [--plan | --yes]
                      [--without-volumes] [--report FILE]

  Replaces the replaceable half of a stack (cluster, network, Flux), whether it is healthy, dead or gone, and leaves the
  durable half and the fleet repository alone. Says first what survives and what is replaced, refuses when something
  that must survive would be touched, and asks for the stack's name. Run again after an interruption, it goes on.

  --location REGION
                 makes what is replaced in another region: writes landfall:clusterLocation into the stack's file
  --state-lost   replaces nothing: takes what is there under the stack's names into a state that was lost
  --sandbox      the stack in the sandbox that runs, instead of the real one
  --plan         says what would happen, and changes nothing
  --without-volumes
                 lets workloads make their volumes empty, where Velero cannot bring them back
  --yes          does not ask; without a terminal, nobody can be asked
  --report FILE  writes the result as JSON`;

const repository = path.join(__dirname, "../..");

async function main(args: string[]): Promise<number> {
    const { values } = parseArgs({
        args,
        options: {
            ...changeOptions,
            location: { type: "string" },
            "state-lost": { type: "boolean", default: false },
            "without-volumes": { type: "boolean", default: false },
            report: { type: "string" },
        },
    });
    const { stack, "sandbox-folder": sandbox } = values;
    if (values.help || stack === undefined) {
        console.error(usage);
        return values.help ? 0 : 2;
    }
    const folder = sandbox ?? (values.sandbox ? sandboxDirectory() : journalFolder());
    const journal = new JournalFile(folder, stack);
    // In a sandbox, the copy of the stack's file is made anew from what the repository has.
    const location = sandbox === undefined ? values.location : undefined;
    return withClusterLocation(location, { repository, stack, journal, planOnly: values.plan }, () =>
        values.sandbox
            ? againInSandbox({ file: __filename, stack, needsStackFile: true }, args)
            : run(stack, { ...values, sandbox, folder, journal }),
    );
}

interface Options {
    readonly plan: boolean;
    readonly yes: boolean;
    readonly "state-lost": boolean;
    readonly "without-volumes": boolean;
    readonly report?: string | undefined;
    /** The folder of the sandbox that the stack is in. */
    readonly sandbox: string | undefined;
    readonly folder: string;
    readonly journal: JournalFile;
}

async function run(stack: string, { sandbox, folder, journal, ...options }: Options): Promise<number> {
    const { plan: planOnly, yes, "without-volumes": withoutVolumes } = options;
    const groups = readStack(repository, stack).names("");
    const engine = new Engine(workplace(repository, stack, sandbox));
    if (options["state-lost"]) {
        await restoreState({ engine, groups, folder, yes, planOnly });
        return 0;
    }
    const left = sandbox === undefined ? [`pulumi stack output getCredentials --stack ${stack}`] : [];
    const report = await rebuild({ engine, groups, journal, yes, planOnly, withoutVolumes, left });
    if (report) {
        giveReport(report, reportText(report), options.report);
    }
    return 0;
}

runCommand(main, { usage, forPeople: [RebuildError, StatusError, SandboxError] });
