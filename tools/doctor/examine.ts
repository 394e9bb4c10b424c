import * as path from "node:path";
import { type Finding, findingOf } from "../../components/preflight/finding";
import { kubelogin } from "../../components/preflight/kubelogin";
import { diagnose } from "../../components/preflight/preflight";
import { surroundings } from "../../components/preflight/surroundings";
import { readConfiguration, type Secrets, type Settings } from "../../components/settings/settings";
import { UserError } from "../../components/user-error";
import { DoctorError } from "./doctor-error";
import { readStackConfig, type StackConfig } from "./stack-config";
import { withEngine } from "./temporary-stack";

const repository = path.join(__dirname, "../..");

/**
 * Every check of a preview, and what is wrong with the settings themselves.
 *
 * @throws DoctorError if there is no such stack file.
 */
export async function examine(stack: string, stackFiles = repository): Promise<readonly Finding[]> {
    const config = readStackConfig(path.resolve(stackFiles), stack);
    // As in loadConfiguration: the environment stands in for what the stack file leaves out.
    const { GITHUB_OWNER: owner, GITHUB_TOKEN: token } = process.env;
    const raw = { ...(owner ? { "github:owner": owner } : {}), ...config.raw };
    const { settings, secrets, problems } = readConfiguration(stack, raw, config.encrypted, token);
    const closed =
        config.closed === undefined ? {} : { unknown: `what is encrypted in the stack file: ${config.closed}` };
    const lines = problems
        .filter(({ key }) => config.closed === undefined || !config.encrypted.includes(key))
        .map(({ key, message }) => `${key}: ${message}`);
    const own: Finding = { title: "settings", problems: lines, warnings: [], ...closed };
    if (!settings) {
        return [own, await findingOf("login to the cluster", () => kubelogin(process.env))];
    }
    return [own, ...(await everythingElse(stack, settings, secrets, config))];
}

/** The checks ask the Azure provider who is logged in, so that they run as a program of an engine. */
async function everythingElse(
    stack: string,
    settings: Settings,
    secrets: Partial<Secrets>,
    { project, raw }: StackConfig,
): Promise<readonly Finding[]> {
    const around = surroundings(secrets.githubLogin ?? { token: "" }, path.join(repository, "gitops"));
    try {
        return await withEngine({ project, stack, config: providerConfig(raw) }, async () => {
            return (await diagnose({ settings, secrets }, around, true)).findings;
        });
    } catch (error) {
        if (error instanceof DoctorError || error instanceof UserError) {
            return [{ title: "everything else", problems: [error.message], warnings: [] }];
        }
        throw error;
    }
}

/** Settings of the Azure provider, which logs in with them. */
function providerConfig(raw: StackConfig["raw"]): Record<string, string> {
    return Object.fromEntries(
        Object.entries(raw)
            .filter(([key]) => key.startsWith("azure-native:"))
            .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
}
