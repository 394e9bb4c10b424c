/** For a new user: what a stack needs, from a question each or an option each, to files that a preview accepts. */
import * as path from "node:path";
import { parseArgs } from "node:util";
import { DoctorError } from "../doctor/doctor-error";
import { runCommand } from "../run-command";
import { SecretError } from "../secret/secret-error";
import { TreeError } from "../tree/tree-error";
import { Answers } from "./answers";
import { InitError } from "./init-error";
import { initialise } from "./initialise";

const usage = `Usage: npm run init [-- OPTION…]

  Asks what a stack needs, proposes what it finds out (az login, GITHUB_TOKEN, the address ranges that are free), and
  writes Pulumi.STACK.yaml, Pulumi.STACK.deploy.yaml, a PGP key and the Secrets: all of it at the end, or nothing. What is
  yours already stays. Without a terminal it asks nothing, takes what it proposes, and names what is missing.

  --stack STACK               default: staging; one that does not exist is made, with its environment
  --like STACK                what a new one is made after; default: staging
  --subscription ID           default: the login's
  --tenant ID                 default: the login's
  --location REGION           default: the stack file's
  --vnet A.B.C.D/N            default: the stack file's, or else the first /16 that is free
  --github-owner NAME         default: the stack file's, or else the owner of the token or of the App's installation
  --domain DOMAIN             none for no zone
  --ci-repository OWNER/NAME  none for no repository; default: the stack file's, or else none
  --repository OWNER/NAME     default: the Git remote origin
  --yes                       writes without a last question`;

const text = { type: "string" } as const;

async function main(args: string[]): Promise<number> {
    const { values } = parseArgs({
        args,
        options: {
            stack: { ...text, default: "staging" },
            like: { ...text, default: "staging" },
            subscription: text,
            tenant: text,
            location: text,
            vnet: text,
            "github-owner": text,
            domain: text,
            "ci-repository": text,
            repository: text,
            yes: { type: "boolean", default: false },
            help: { type: "boolean", default: false },
        },
    });
    if (values.help) {
        console.log(usage);
        return 0;
    }
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        // A handler waits for what is being written; without one, a signal would end it half-way.
        process.on(signal, () => process.exit(130));
    }
    const answers = new Answers(values, process.stdin.isTTY && process.stderr.isTTY);
    try {
        console.log(await initialise(path.join(__dirname, "../.."), values.stack, values.like, answers));
    } finally {
        answers.close();
    }
    return 0;
}

runCommand(main, { usage, forPeople: [InitError, DoctorError, SecretError, TreeError] });
