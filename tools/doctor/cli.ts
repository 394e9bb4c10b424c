/**
 * What a preview would find out, before there is a stack: the same checks, with the credentials of the environment.
 */
import { parseArgs } from "node:util";
import { runCommand } from "../run-command";
import { DoctorError } from "./doctor-error";
import { examine } from "./examine";
import { report } from "./report";
import { examineInSandbox } from "./sandbox";
import { SandboxError } from "@landfall/sandbox";

const usage = `Usage: npm run doctor -- --stack STACK [--sandbox]

  Checks everything that could stop an update of the stack half-way, one line each, and changes nothing: settings, tree,
  fleet repository, login, subscription, names, quota, sizes, versions, rights, policies, kubelogin. It needs the stack
  file, a login to Azure, GITHUB_TOKEN and the Pulumi CLI, but neither a stack nor a state. The exit code is 1 if
  something is in the way.

  --sandbox  the subscription and the GitHub of the sandbox that runs, instead of the real ones`;

async function main(args: string[]): Promise<number> {
    const { values } = parseArgs({
        args,
        options: {
            stack: { type: "string" },
            sandbox: { type: "boolean", default: false },
            "stack-files": { type: "string" },
            help: { type: "boolean", default: false },
        },
    });
    if (values.help || values.stack === undefined) {
        console.error(usage);
        return values.help ? 0 : 2;
    }
    if (values.sandbox) {
        return examineInSandbox(values.stack);
    }
    const findings = await examine(values.stack, values["stack-files"]);
    console.log(report(values.stack, findings));
    return findings.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

runCommand(main, { usage, forPeople: [DoctorError, SandboxError] });
