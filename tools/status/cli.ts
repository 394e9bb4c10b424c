/** One screen for a platform: what it is made of, how it is, what is wrong and what to type. It reads, and no more. */
import { parseArgs } from "node:util";
import { runCommand } from "../run-command";
import { stackOptions } from "../run-in-sandbox";
import { assess } from "./assess";
import { statusInSandbox } from "./sandbox";
import type { Status } from "./status";
import { StatusError } from "./status-error";
import { Target } from "./target";
import { text } from "./text/text";
import { watch } from "./watch";
import { serve } from "./web/serve";
import { SandboxError } from "@landfall/sandbox";

const usage = `Usage: npm run status -- --stack STACK [--sandbox] [--watch | --json | --web] [--kubeconfig FILE]

  Cloud, cluster, Flux, layers, releases, certificates, backups, keys, drift and teams of a stack, and before them what
  is wrong, with its cause and what to type. It changes nothing. What the login may not read, or what does not answer, is
  said to be not known. The exit code is 0 if the platform is healthy, and 1 if it is not, or not yet.

  --sandbox          the stack in the sandbox that runs, instead of the real one
  --watch            looks again and again, until Ctrl-C
  --json             one JSON document; with --watch, one a line for each change (docs/status.md)
  --web              a page for the browser, on 127.0.0.1 alone
  --kubeconfig FILE  the way to the cluster; by default the context of the cluster's name in your own kubeconfig, or
                     else what Azure gives to your login`;

async function main(args: string[]): Promise<number> {
    const { values } = parseArgs({
        args,
        options: {
            ...stackOptions,
            watch: { type: "boolean", default: false },
            json: { type: "boolean", default: false },
            web: { type: "boolean", default: false },
            kubeconfig: { type: "string" },
        },
    });
    const { stack, web, json, "sandbox-folder": sandbox, kubeconfig } = values;
    if (values.help || stack === undefined || (web && (json || values.watch))) {
        console.error(usage);
        return values.help ? 0 : 2;
    }
    if (values.sandbox) {
        return statusInSandbox(stack, args);
    }
    const target = new Target({ stack, kubeconfig, sandbox });
    const look = async (): Promise<Status> => assess(stack, await target.look(), target.commands);
    if (values.watch) {
        return watch(look, { json });
    }
    if (web) {
        return serve(look);
    }
    const status = await look();
    console.log(json ? JSON.stringify(status, undefined, 2) : text(status, hasColours()));
    return status.healthy ? 0 : 1;
}

function hasColours(): boolean {
    return process.stdout.isTTY && !process.env.NO_COLOR;
}

runCommand(main, { usage, forPeople: [StatusError, SandboxError], exitCode: 2 });
