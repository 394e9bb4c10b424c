import * as path from "node:path";
import { addEnvironment } from "./add-environment";
import { addSystem } from "./add-system";
import { addTeam } from "./add-team";
import { TreeError } from "./tree-error";

/** Options of `npm run tree -- add`. */
export interface AddOptions {
    readonly like: string;
    readonly "pgp-key"?: string | undefined;
    readonly layer?: string | undefined;
    readonly chart?: string | undefined;
    readonly version?: string | undefined;
    readonly url?: string | undefined;
    readonly environment: readonly string[];
}

/**
 * Adds an environment, a system or a team to the repository, and says what was written and what is next.
 *
 * @throws TreeError naming what is wrong with the name or an option; nothing is written then.
 */
export async function add(repository: string, kind: string, name: string, options: AddOptions): Promise<string> {
    const root = path.join(repository, "gitops");
    if (name !== "" && kind === "environment") {
        const { written, next } = await addEnvironment(repository, name, { ...options, pgpKey: options["pgp-key"] });
        const rest = [
            `Review Pulumi.${name}.yaml, then: pulumi stack init ${name}`,
            `pulumi config set --stack ${name} --secret sopsPgpPrivateKey < private-key.asc`,
            "npm run tree -- check",
        ];
        return report(written, [...next, ...rest]);
    }
    if (name !== "" && kind === "system") {
        const { layer = "", chart = "", version = "" } = options;
        const written = addSystem(root, name, { layer, chart, version }).map((file) => `gitops/${file}`);
        const values = `Set the chart's values in gitops/systems/${name}/release.yaml`;
        return report(written, [values, "npm run tree -- check", "npm run docs"]);
    }
    if (name !== "" && kind === "team") {
        const written = addTeam(root, name, { url: options.url, environments: options.environment });
        const limits = `Set the sizes in gitops/tenants/${name}/limits.yaml${options.url === undefined ? ", and url in delivery.yaml" : ""}`;
        return report(
            written.map((file) => `gitops/${file}`),
            [limits, "npm run tree -- check", "npm run docs"],
        );
    }
    throw new TreeError("add what? Write: npm run tree -- add environment|system|team NAME");
}

function report(written: readonly string[], next: readonly string[]): string {
    return ["Wrote:", ...written.map((file) => `  ${file}`), "Next:", ...next.map((step) => `  ${step}`)].join("\n");
}
