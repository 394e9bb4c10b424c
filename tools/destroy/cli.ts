/** The end of a stack's replaceable half, and of what its cluster made outside of it. */
import * as path from "node:path";
import { parseArgs } from "node:util";
import { ArmClient } from "../../components/azure/arm-client";
import { UserError } from "../../components/user-error";
import { Engine } from "../rebuild/engine";
import { RebuildError } from "../rebuild/rebuild-error";
import { workplace } from "../rebuild/workplace";
import { runCommand } from "../run-command";
import { againInSandbox, changeOptions } from "../run-in-sandbox";
import { accessToken } from "../status/read/azure";
import { readStack } from "../status/stack";
import { StatusError } from "../status/status-error";
import { destroy } from "./destroy";
import { DestroyError } from "./destroy-error";
import { SandboxError } from "@landfall/sandbox";

const usage = `Usage: npm run destroy -- --stack STACK [--sandbox] [--plan | --yes]

  Takes the replaceable half of a stack (cluster, network, Flux) down, and the DNS records that its cluster made, whether
  the cluster answers or not. Says first what goes and what stays, and asks for the stack's name; ends with a list of
  what stays. What is protected stays.

  --sandbox  the stack in the sandbox that runs, instead of the real one
  --plan     says what would happen, and changes nothing
  --yes      does not ask; without a terminal, nobody can be asked`;

async function main(args: string[]): Promise<number> {
    const { values } = parseArgs({ args, options: changeOptions });
    const { stack, "sandbox-folder": sandbox } = values;
    if (values.help || stack === undefined) {
        console.error(usage);
        return values.help ? 0 : 2;
    }
    if (values.sandbox) {
        return againInSandbox({ file: __filename, stack, needsStackFile: true }, args);
    }
    const repository = path.join(__dirname, "../..");
    await destroy({
        engine: new Engine(workplace(repository, stack, sandbox)),
        names: readStack(repository, stack).names,
        connect: async () => new ArmClient(await accessToken()),
        yes: values.yes,
        planOnly: values.plan,
    });
    return 0;
}

runCommand(main, { usage, forPeople: [DestroyError, RebuildError, SandboxError, StatusError, UserError] });
