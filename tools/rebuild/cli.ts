/** Disaster recovery as one command: what can be made again is made again, and what cannot is not touched. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "../run-command";
import { readStack } from "../status/stack";
import { StatusError } from "../status/status-error";
import { Engine } from "./engine";
import { JournalFile, journalFolder } from "./journal";
import { rebuild } from "./rebuild";
import { RebuildError } from "./rebuild-error";
import { reportText } from "./report";
import { rebuildInSandbox } from "./sandbox";
import { workplace } from "./workplace";
import { SandboxError } from "@landfall/sandbox";

const usage = `Usage: npm run rebuild -- --stack STACK [--sandbox] [--plan | --yes] [--report FILE]

  Replaces the replaceable half of a stack (cluster, network, Flux), whether it is healthy, dead or gone, and leaves the
  durable half and the fleet repository alone. Says first what survives and what is replaced, refuses when something
  that must survive would be touched, and asks for the stack's name. Run again after an interruption, it goes on.

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
            sandbox: { type: "boolean", default: false },
            plan: { type: "boolean", default: false },
            yes: { type: "boolean", default: false },
            report: { type: "string" },
            "sandbox-folder": { type: "string" },
            help: { type: "boolean", default: false },
        },
    });
    const { stack, "sandbox-folder": sandbox } = values;
    if (values.help || stack === undefined) {
        console.error(usage);
        return values.help ? 0 : 2;
    }
    if (values.sandbox) {
        const others = args.filter((arg) => arg !== "--sandbox");
        return rebuildInSandbox(stack, others);
    }
    const names = readStack(repository, stack).names("");
    const report = await rebuild({
        engine: new Engine(workplace(repository, stack, sandbox)),
        groups: names,
        journal: new JournalFile(sandbox ?? journalFolder(), stack),
        yes: values.yes,
        planOnly: values.plan,
        left: sandbox === undefined ? [`pulumi stack output getCredentials --stack ${stack}`] : [],
    });
    if (report) {
        console.log(reportText(report));
        if (values.report) {
            fs.writeFileSync(values.report, `${JSON.stringify(report, undefined, 2)}\n`);
        }
    }
    return 0;
}

runCommand(main, { usage, forPeople: [RebuildError, StatusError, SandboxError] });
