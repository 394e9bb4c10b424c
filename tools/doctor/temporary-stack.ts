import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { DoctorError } from "./doctor-error";

interface TemporaryStack {
    readonly project: string;
    readonly stack: string;
    /** Full keys of providers' settings to values. */
    readonly config: Readonly<Record<string, string>>;
}

/**
 * Runs a function as the program of a preview, in which providers can be asked. The stack is in a folder of its own,
 * and gone afterwards: nobody's state is read or written.
 *
 * @throws DoctorError if the engine does not get as far as the program; otherwise whatever the function throws.
 */
export async function withEngine<T>(
    { project, stack: stackName, config }: TemporaryStack,
    run: () => Promise<T>,
): Promise<T> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-doctor-"));
    const backend = `file://${folder}`;
    const program: { outcome?: { readonly value: T } | { readonly error: unknown } } = {};
    const runOnce = async () => {
        program.outcome = await run().then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
        );
    };
    try {
        const stack = await LocalWorkspace.createOrSelectStack(
            { stackName, projectName: project, program: runOnce },
            {
                workDir: folder,
                projectSettings: { name: project, runtime: "nodejs", backend: { url: backend } },
                envVars: { PULUMI_BACKEND_URL: backend, PULUMI_CONFIG_PASSPHRASE: randomBytes(32).toString("hex") },
            },
        );
        await stack.setAllConfig(Object.fromEntries(Object.entries(config).map(([key, value]) => [key, { value }])));
        await stack.preview();
    } catch (error) {
        if (program.outcome === undefined) {
            throw new DoctorError(whyNot(error));
        }
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
    if (program.outcome === undefined) {
        throw new DoctorError("the Pulumi engine ended before it asked anything");
    }
    if ("error" in program.outcome) {
        throw program.outcome.error;
    }
    return program.outcome.value;
}

/** The Automation API puts all that the command printed into its message. */
function whyNot(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    return message.includes("spawn pulumi ENOENT")
        ? "the Pulumi engine did not run: pulumi is not on the PATH; install the Pulumi CLI 3.250 or newer (https://www.pulumi.com/docs/install/)"
        : `the Pulumi engine did not run: ${message}`;
}
