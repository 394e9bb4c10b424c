import { git, kubectl, pulumi, status } from "./commands/look";
import { start } from "./commands/start";
import { lock, SandboxError, tearDown } from "./lifecycle";
import { sandboxDirectory } from "./session";
import { ensureToolchain } from "./toolchain/toolchain";

const usage = `Usage: npm start [-- --stack staging|production] [--report FILE] [--port N]
       npm run sandbox -- COMMAND

  start                   the same as npm start
  status                  clusters, Flux's layers and releases, Azure resources
  kubectl [--stack S] …   kubectl in the stack's cluster
  pulumi  [--stack S] …   the Pulumi CLI on the program, for example: preview --diff
  git     [--stack S] …   git in the fleet repository, for example: log --stat
  toolchain               build the programs that the sandbox runs, and say where they are
  down                    end every process and remove every file of the sandbox

LANDFALL_SANDBOX names the sandbox's folder; with two folders, two sandboxes run side by side.`;

async function down(): Promise<number> {
    const release = lock(sandboxDirectory());
    try {
        await tearDown(sandboxDirectory());
    } finally {
        release();
    }
    return 0;
}

async function toolchain(): Promise<number> {
    const { binaries } = await ensureToolchain({ log: (line) => console.error(line) });
    console.log(binaries);
    return 0;
}

const commands: Record<string, (args: string[]) => Promise<number>> = {
    start,
    status,
    kubectl,
    pulumi,
    git,
    toolchain,
    down,
};

async function main([name = "", ...args]: string[]): Promise<number> {
    const command = commands[name];
    if (!command) {
        console.error(usage);
        return name === "help" || name === "--help" ? 0 : 2;
    }
    return command(args);
}

main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
        console.error(error instanceof SandboxError ? error.message : error);
        process.exit(1);
    },
);
