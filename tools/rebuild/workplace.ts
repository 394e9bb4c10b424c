import type { Workplace } from "./engine";
import { releaseStack, stackFolder } from "@landfall/sandbox";

/** Where the CLI works on a stack: in the repository, or on the copy of its files in a sandbox's folder. */
export function workplace(repository: string, stack: string, sandbox: string | undefined): Workplace {
    const environment = { ...process.env, PULUMI_DEBUG_COMMANDS: "true" };
    return sandbox === undefined
        ? { repository, stackFiles: repository, stack, environment }
        : {
              repository,
              stackFiles: stackFolder(sandbox),
              stack,
              environment,
              before: () => releaseStack(sandbox, stack).forEach((line) => console.error(line)),
          };
}
