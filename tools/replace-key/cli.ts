/** A new PGP key in place of one that is lost, by one command. */
import * as path from "node:path";
import { parseArgs } from "node:util";
import { Engine } from "../rebuild/engine";
import { RebuildError } from "../rebuild/rebuild-error";
import { workplace } from "../rebuild/workplace";
import { runCommand } from "../run-command";
import { againInSandbox, stackOptions } from "../run-in-sandbox";
import { SecretError } from "../secret/secret-error";
import { readStack } from "../status/stack";
import { StatusError } from "../status/status-error";
import { replaceKey } from "./replace-key";
import { SandboxError } from "@landfall/sandbox";

const usage = `Usage: npm run replace-key -- --stack STACK [--sandbox] [--from-cluster] [--without-key-vault]

  Makes a new PGP key for the stack's environment in place of one that is lost: in your keyring, in the stack's
  configuration and in every file of the environment. What the stack's configuration still has is not lost, and stays.
  Run again after an interruption, it goes on. Afterwards: pulumi up.

  --sandbox            the stack in the sandbox that runs, instead of the real one
  --from-cluster       takes values that no key reads any more from the Secrets of the stack's cluster
  --without-key-vault  the Key Vault key is lost too`;

const repository = path.join(__dirname, "../..");

async function main(args: string[]): Promise<number> {
    const { values } = parseArgs({
        args,
        options: {
            ...stackOptions,
            "from-cluster": { type: "boolean", default: false },
            "without-key-vault": { type: "boolean", default: false },
        },
    });
    const { stack, "sandbox-folder": sandbox } = values;
    if (values.help || stack === undefined) {
        console.error(usage);
        return values.help ? 0 : 2;
    }
    const { environment } = readStack(repository, stack);
    if (values.sandbox) {
        return againInSandbox({ file: __filename, stack, needsStackFile: true }, args);
    }
    const place = workplace(repository, stack, sandbox);
    await replaceKey(path.join(repository, "gitops"), {
        environment,
        engine: new Engine(place),
        stackFiles: [...new Set([repository, place.stackFiles])],
        withoutKeyVault: values["without-key-vault"],
        fromCluster: values["from-cluster"],
    });
    return 0;
}

runCommand(main, { usage, forPeople: [SecretError, RebuildError, StatusError, SandboxError] });
