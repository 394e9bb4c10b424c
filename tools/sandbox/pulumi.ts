import { requireSession, takeStack } from "./running";
import { checkConfigCommand, engineEnvironment, exitOf, prepareStack, startPulumi } from "@landfall/sandbox";

/** `pulumi …`: the real CLI on the program, as the sandbox's deployer. */
export async function pulumi(args: string[]): Promise<number> {
    const running = requireSession();
    const { stack, rest } = takeStack(args);
    checkConfigCommand(stack, rest);
    prepareStack(running, stack, engineEnvironment(running.directory, running.session));
    return exitOf(startPulumi(running, running.session, stack, rest));
}
