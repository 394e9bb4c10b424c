import { parseArgs } from "node:util";
import { FleetCommits } from "./breaking/fleet-commits";
import { pulumi } from "./pulumi";
import { requireSession } from "./running";
import { fleetOf, requireStack } from "@landfall/sandbox";

/** `mend`: puts right what `break` broke, as an operator does: `git revert`, and `pulumi up --refresh`. */
export async function mend(args: string[]): Promise<number> {
    const { values } = parseArgs({ args, options: { stack: { type: "string", default: "staging" } } });
    const { repository, directory, session } = requireSession();
    requireStack(repository, values.stack);
    const reverted = new FleetCommits(fleetOf(repository, session, values.stack), directory).revert();
    if (reverted > 0) {
        console.log(`Reverted ${reverted} ${reverted === 1 ? "commit" : "commits"} in the fleet repository.`);
    }
    console.log("pulumi up --refresh");
    return pulumi(["--stack", values.stack, "up", "--refresh", "--yes", "--skip-preview"]);
}
