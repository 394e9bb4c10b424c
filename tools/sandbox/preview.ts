import { requireSession, takeStack } from "./running";
import { engineEnvironment, exitOf, prepareStack, startPulumi } from "@landfall/sandbox";

/** `preview …`: `pulumi preview` as somebody who may read Azure and the fleet repository, and nothing else. */
export async function preview(args: string[]): Promise<number> {
    const running = requireSession();
    const { environment, previewerEnvironment } = running.session;
    const session = { ...running.session, environment: { ...environment, ...previewerEnvironment } };
    const { stack, rest } = takeStack(args);
    prepareStack(running, stack, engineEnvironment(running.directory, session));
    return exitOf(startPulumi(running, session, stack, ["preview", ...rest]));
}
