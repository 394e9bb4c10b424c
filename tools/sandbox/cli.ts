import { createRequire } from "node:module";
import { TreeError } from "../tree/tree-error";
import type * as breakFile from "./break";
import type * as cleanFile from "./clean";
import type * as downFile from "./down";
import type * as execFile from "./exec";
import type * as fluxFile from "./flux";
import type * as gitFile from "./git";
import type * as kubectlFile from "./kubectl";
import type * as mendFile from "./mend";
import type * as previewFile from "./preview";
import type * as pulumiFile from "./pulumi";
import type * as pushFile from "./push";
import type * as startFile from "./start";
import type * as statusFile from "./status";
import type * as toolchainFile from "./toolchain";
import { SandboxError } from "@landfall/sandbox";
import { ToolchainError } from "@landfall/toolchain";

const usage = `Usage: npm start [-- --stack staging|production] [--report FILE] [--port N]
                     [--deployer-roles "ROLE,…"] [--azure-time 60x] [--charts published]
       npm run sandbox -- COMMAND

  start                   the same as npm start; --deployer-roles: what the deployer has on the subscription;
                          --azure-time 60x: Azure takes as long as it was recorded to take, sixty times as fast;
                          --charts published: what npm run tree -- charts pull has brought, not stand-ins for it
  status [--stack S]      what npm run status -- --sandbox shows of each stack; processes, Azure resources
  kubectl [--stack S] …   kubectl in the stack's cluster
  flux    [--stack S] …   the flux command there, for example: get kustomizations
  pulumi  [--stack S] …   the Pulumi CLI on the program, for example: preview --diff
  preview [--stack S] …   pulumi preview, as somebody who may read Azure and the fleet repository, and nothing else
  git     [--stack S] …   git in the fleet repository, for example: log --stat
  exec …                  any program as the deployer, for example: npm run secret -- recipients staging --stack staging
  break identity|key|chart [--stack S]  do what goes wrong with real platforms; npm run status then says what
  mend [--stack S]        put it right again: git revert and pulumi up --refresh
  push-charts [--stack S] [--to PATH] FOLDER…  Helm charts to the stack's registry, as the pipeline of landfall:ciRepository
  push-images [--stack S] NAME:TAG…  images without content, likewise: Flux reads their tags; with a registry before the
                          name, such as ghcr.io/stefanprodan/podinfo:6.15.0, as the publisher of that image
  toolchain               build the programs that the sandbox runs, and say where they are
  down                    end every process and remove every file of the sandbox
  clean                   remove the programs and charts in the cache too, once no sandbox runs; the next start builds
                          the programs again

LANDFALL_SANDBOX names the sandbox's folder; with two folders, two sandboxes run side by side.`;

const load = createRequire(__filename);

/** Each is loaded when it is asked for: what `start` needs takes longer than `git` does. */
const commands: Readonly<Record<string, () => (args: string[]) => Promise<number>>> = {
    start: () => (load("./start") as typeof startFile).start,
    status: () => (load("./status") as typeof statusFile).status,
    kubectl: () => (load("./kubectl") as typeof kubectlFile).kubectl,
    flux: () => (load("./flux") as typeof fluxFile).flux,
    pulumi: () => (load("./pulumi") as typeof pulumiFile).pulumi,
    preview: () => (load("./preview") as typeof previewFile).preview,
    git: () => (load("./git") as typeof gitFile).git,
    exec: () => (load("./exec") as typeof execFile).exec,
    break: () => (load("./break") as typeof breakFile).breakSomething,
    mend: () => (load("./mend") as typeof mendFile).mend,
    "push-charts": () => (load("./push") as typeof pushFile).pushCharts,
    "push-images": () => (load("./push") as typeof pushFile).pushImages,
    toolchain: () => (load("./toolchain") as typeof toolchainFile).toolchain,
    down: () => (load("./down") as typeof downFile).down,
    clean: () => (load("./clean") as typeof cleanFile).clean,
};

async function main([name = "", ...args]: string[]): Promise<number> {
    const command = commands[name];
    if (!command) {
        console.error(usage);
        return name === "help" || name === "--help" ? 0 : 2;
    }
    return command()(args);
}

main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
        const { code } = error as { code?: unknown };
        if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS")) {
            console.error(`${(error as Error).message}\n\n${usage}`);
            process.exit(2);
        }
        const isForPeople = [SandboxError, ToolchainError, TreeError].some((kind) => error instanceof kind);
        console.error(isForPeople ? (error as Error).message : error);
        process.exit(1);
    },
);
