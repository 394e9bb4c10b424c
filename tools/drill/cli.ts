/** Rehearsals of what goes wrong, in a sandbox: too long for the tests. */
import { runCommand } from "../run-command";
import { rehearseDisasters } from "./disasters/command";
import { DrillError } from "./drill-error";
import { drillKillPoints } from "./kill-points-command";
import { rehearseOutages } from "./outages/command";

const usage = `Usage: npm run drill -- COMMAND

  disasters [NAME…]  each disaster of docs/disasters.md: data before, the disaster, its one command, data after
  kill-points [--stack S] [--share 0.1] [--seed N]
                     kills the engine before, within and after each operation of an up, a rebuild and a destroy, or at a
                     share of them, in a sandbox of its own; writes docs/kill-points.md
  outages [SERVICE…] each service that an up needs is out of order for a while, in each way; writes docs/outages.md`;

const commands: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
    disasters: rehearseDisasters,
    "kill-points": drillKillPoints,
    outages: rehearseOutages,
};

async function main([name = "", ...args]: string[]): Promise<number> {
    const command = commands[name];
    if (!command) {
        console.error(usage);
        return name === "help" || name === "--help" ? 0 : 2;
    }
    return command(args);
}

runCommand(main, { usage, forPeople: [DrillError] });
