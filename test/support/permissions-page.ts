import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import { azureStack } from "./azure-stack";
import type { Registered } from "./deploy";
import { stacks } from "./fixtures";
import { identityName, knownRoles, type Permission, permissionsOf } from "./permissions";
import { rightsOfReader } from "./reader-rights";

/** The page that states who may do what. */
export const permissionsPageFile = path.join(__dirname, "../../docs/permissions.md");

/** What a role is granted on, in words, by the type of the resource. */
const scopes: Readonly<Record<string, (scope: Registered) => string>> = {
    "containerregistry:Registry": () => "the registry",
    "containerservice:ManagedCluster": () => "the cluster",
    "dns:Zone": () => "the DNS zone",
    "keyvault:Key": ({ inputs }) => `the key \`${String(inputs.keyName)}\``,
    "keyvault:Secret": ({ inputs }) => `the secret \`${String(inputs.secretName)}\``,
    "keyvault:Vault": () => "the Key Vault",
    "managedidentity:UserAssignedIdentity": (scope) => `the identity \`${identityName(scope)}\``,
    "network:Subnet": () => "the nodes' subnet",
    "resources:ResourceGroup": ({ inputs }) =>
        `the ${String(inputs.resourceGroupName).split("-").at(-1) ?? ""} resource group`,
    "storage:StorageAccount": () => "the storage account",
    "storage:BlobContainer": ({ inputs }) => `the container \`${String(inputs.containerName)}\``,
};

/**
 * The page with the parts between its markers written again, from the program as it runs under mocks with the settings
 * of the committed stacks, and as it plans a fleet. Throws when the page lacks a marker.
 */
export async function permissionsPage(page: string): Promise<string> {
    const tables = [];
    for (const stack of stacks) {
        tables.push(table(permissionsOf(await azureStack(stack))));
    }
    const parts = { reader: await reader(), identities: [...new Set(tables)].join("\n\n"), condition: condition() };
    const made = Object.entries(parts).reduce((text, [name, part]) => replacePart(text, name, part), page);
    const options = await prettier.resolveConfig(permissionsPageFile);
    return prettier.format(made, { ...options, parser: "markdown" });
}

export function readPermissionsPage(): string {
    return fs.readFileSync(permissionsPageFile, "utf8");
}

/** What a preview needs. That a Reader of the subscription can make one is what test/program/preview.test.ts shows. */
async function reader(): Promise<string> {
    const titles = [...(await rightsOfReader()).keys(), "metadata"].map((name) => {
        return name.replace(/^./, (letter) => letter.toUpperCase()).replaceAll("_", " ");
    });
    return [
        "Where | What",
        "--- | ---",
        "Azure, the subscription | Reader",
        `GitHub, fine-grained | ${titles.sort().join(", ")} of the fleet: _read_`,
    ]
        .map((row) => `| ${row} |`)
        .join("\n");
}

function table(permissions: readonly Permission[]): string {
    const rows = permissions.map(({ identity, usedBy, role, scope }) =>
        [`\`${identity}\``, usedBy.join(", "), role.title, words(scope), role.grantedSoThat].join(" | "),
    );
    const head = ["Identity | Used by | Role | Scope | So that", "--- | --- | --- | --- | ---"];
    return [...head, ...rows.sort()].map((row) => `| ${row} |`).join("\n");
}

function words(scope: Registered): string {
    const describe = scopes[scope.type.replace(/^azure-native:/, "")];
    if (!describe) {
        throw new Error(`${scope.name}: a role is granted on a ${scope.type}, which this page has no words for`);
    }
    return describe(scope);
}

/**
 * What limits an assignment of Role Based Access Control Administrator to the roles that the program grants.
 * @see https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
 */
function condition(): string {
    const roles = knownRoles().map(({ guid, title }, index) => {
        const list = index === 0 ? guid : `$roles, ${guid}`;
        return `${`roles="${list}"`.padEnd(56)}# ${title}`;
    });
    const limit = (action: string, source: string) =>
        `((!(ActionMatches{'$of/${action}'})) OR (@${source}[$of:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {$roles}))`;
    return [
        "```bash",
        'set +H                                                  # no history expansion of "!"',
        ...roles,
        "of=Microsoft.Authorization/roleAssignments",
        `condition="${limit("write", "Request")}`,
        "AND",
        `${limit("delete", "Resource")}"`,
        "```",
    ].join("\n");
}

function replacePart(page: string, name: string, part: string): string {
    const [begin, end] = [`<!-- ${name}: made by npm run docs -->`, `<!-- end of ${name} -->`];
    const [from, to] = [page.indexOf(begin), page.indexOf(end)];
    if (from < 0 || to < from) {
        throw new Error(`docs/permissions.md needs the lines ${begin} and ${end}`);
    }
    return `${page.slice(0, from + begin.length)}\n\n${part}\n\n${page.slice(to)}`;
}
