import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse as parseYaml } from "yaml";
import { copySettings } from "./copied-settings";
import { Engine, type Workplace } from "./engine";

/** A step of an update, as `pulumi preview --json` writes it. */
export interface Step {
    readonly op: string;
    readonly urn: string;
}

/** What an update would do, and what stops it. */
export interface Foreseen {
    readonly steps: readonly Step[];
    readonly errors: readonly string[];
}

/**
 * What an update would do after a removal: a preview of the program on a copy of the state without what is removed, in
 * a backend of its own that is gone afterwards. So it is known beforehand, and needs no cluster that answers. The copy
 * is encrypted with a key that nobody keeps.
 */
export async function foresee(engine: Engine, removed: ReadonlySet<string>): Promise<Foreseen> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-rebuild-"));
    try {
        const copy = new Engine(placeOfCopy(engine.place, folder));
        const secrets = await copySettings(engine, folder);
        await copy.output(["stack", "init"]);
        for (const { at, value } of secrets) {
            await copy.output(["config", "set", "--path", "--secret", at], value);
        }
        await copy.output(["stack", "import"], await stateWithout(engine, removed, saltOf(copy.place)));
        return parse(await copy.answer(["preview", "--json", "--suppress-permalink=true"]));
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

function placeOfCopy({ repository, stack, environment }: Workplace, folder: string): Workplace {
    return {
        repository,
        stackFiles: folder,
        stack,
        environment: {
            ...environment,
            PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
            PULUMI_BACKEND_URL: `file://${folder}`,
            PULUMI_CONFIG_PASSPHRASE: randomBytes(32).toString("hex"),
        },
    };
}

/** What the CLI derives the copy's key from, beside the passphrase. */
function saltOf({ stackFiles, stack }: Workplace): string {
    const file = fs.readFileSync(path.join(stackFiles, `Pulumi.${stack}.yaml`), "utf8");
    return (parseYaml(file) as { encryptionsalt: string }).encryptionsalt;
}

async function stateWithout(engine: Engine, removed: ReadonlySet<string>, salt: string): Promise<string> {
    const { version, deployment } = await engine.state("--show-secrets");
    const resources = (deployment.resources ?? []).filter(({ urn }) => !removed.has(urn));
    return JSON.stringify({
        version,
        deployment: {
            ...deployment,
            resources,
            // What was begun and never ended is not in it.
            pending_operations: [],
            secrets_providers: { type: "passphrase", state: { salt } },
        },
    });
}

function parse({ code, stdout, stderr }: { readonly code: number; readonly stdout: string; readonly stderr: string }) {
    const start = stdout.indexOf("{");
    const { steps = [], diagnostics = [] } = (start < 0 ? {} : JSON.parse(stdout.slice(start))) as {
        readonly steps?: readonly Step[];
        readonly diagnostics?: readonly { readonly severity: string; readonly message: string }[];
    };
    const errors = diagnostics
        .filter(({ severity }) => severity === "error")
        .map(({ message }) => message.trim())
        .filter((message) => message !== "");
    return { steps, errors: code === 0 || errors.length > 0 ? errors : [stderr.trim() || "the preview failed"] };
}
