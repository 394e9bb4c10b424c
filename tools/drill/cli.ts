/** Rehearsals of what goes wrong, in a sandbox: too long for the tests. */
import { runCommand } from "../run-command";
import { rehearseDisasters } from "./disasters/command";
import { DrillError } from "./drill-error";

const usage = `Usage: npm run drill -- COMMAND

  disasters [NAME…]  each disaster of docs/disasters.md: data before, the disaster, its one command, data after`;

const commands: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
    disasters: rehearseDisasters,
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
