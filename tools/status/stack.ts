import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { textIn } from "../../components/gitops/encryption/read-value";
import { firstCluster, type NameOverrides, physicalNames, type PhysicalNames } from "../../components/settings/naming";
import { StatusError } from "./status-error";

/** What of a stack is written in the repository: enough to find what it has in Azure and in Git. */
export interface Stack {
    readonly name: string;
    readonly environment: string;
    /** From `azure-native:subscriptionId`; empty if the environment or the login says which. */
    readonly subscriptionId: string;
    /** The names of what the stack has in a subscription; of its clusters, those of the active one. */
    readonly names: (subscriptionId: string) => PhysicalNames;
}

interface File {
    readonly name?: string;
    readonly config?: Readonly<Record<string, unknown>> | null;
}

/**
 * Reads Pulumi.yaml and the stack's file, but for what is encrypted in it.
 *
 * @throws StatusError if there is no stack file, or if it is not YAML.
 */
export function readStack(repository: string, name: string): Stack {
    const file = `Pulumi.${name}.yaml`;
    if (!fs.existsSync(path.join(repository, file))) {
        const stacks = fs.readdirSync(repository).flatMap((other) => /^Pulumi\.([\w-]+)\.yaml$/.exec(other)?.[1] ?? []);
        throw new StatusError(`--stack ${name}: there is no ${file}; stacks are ${stacks.sort().join(", ")}`);
    }
    const project = readYaml(repository, "Pulumi.yaml").name ?? "";
    const { config } = readYaml(repository, file);
    const setting = (key: string) => textIn(config, key);
    const overrides: NameOverrides = {
        registryName: setting(`${project}:registryName`) || undefined,
        keyVaultName: setting(`${project}:keyVaultName`) || undefined,
        storageAccountName: setting(`${project}:storageAccountName`) || undefined,
    };
    return {
        name,
        environment: setting(`${project}:environment`) || name,
        subscriptionId: setting("azure-native:subscriptionId"),
        names: (subscriptionId) => {
            const names = physicalNames({ project, stack: name, subscriptionId }, overrides);
            return { ...names, ...names.ofCluster(setting(`${project}:activeCluster`) || firstCluster) };
        },
    };
}

function readYaml(repository: string, file: string): File {
    try {
        return (parse(fs.readFileSync(path.join(repository, file), "utf8")) ?? {}) as File;
    } catch (error) {
        throw new StatusError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
}
