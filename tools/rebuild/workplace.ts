import type { Workplace } from "./engine";
import { releaseStack, stackFolder } from "@landfall/sandbox";

/** Where a command works on a stack: the repository itself, or a sandbox's copy of its stack files. */
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
