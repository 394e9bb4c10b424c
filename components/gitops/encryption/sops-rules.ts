import { parseDocument } from "yaml";
import { isMap, listIn, textIn } from "./read-value";
import { joined, pgpKeyId, type Recipients } from "./sops-recipients";

/**
 * The keys that the text of a `.sops.yaml` names for a file: those of the first rule that matches, as sops reads it.
 *
 * @throws Error naming the file and what in it is not understood. Then nothing is known of the keys: they are neither
 * missing nor lost.
 */
export function recipientsNamed(sopsYaml: string, file: string): Recipients {
    const rule = rulesIn(sopsYaml).find((candidate) => matches(candidate, file));
    const groups = listIn(rule, "key_groups");
    if (groups.length > 1) {
        throw notUnderstood(
            `the rule ${textIn(rule, "path_regex")} has ${groups.length} key groups, of which Landfall's stacks could decrypt one alone; name the keys in pgp and azure_keyvault instead`,
        );
    }
    // Groups come first: sops does not look at the keys beside them.
    return groups.length === 1 ? recipientsOfGroup(groups[0]) : recipientsOfRule(rule);
}

function rulesIn(sopsYaml: string): readonly unknown[] {
    // sops reads text where YAML has a number: a key of digits alone, or one that begins with 0x.
    const document = parseDocument(sopsYaml, { schema: "failsafe" });
    const [error] = document.errors;
    if (error) {
        const at = error.linePos?.[0];
        throw notUnderstood(`${at ? `line ${at.line}: ` : ""}${error.message.split("\n")[0] ?? error.code}`);
    }
    const content: unknown = document.toJS();
    const rules = isMap(content) ? content.creation_rules : undefined;
    if (rules === undefined || rules === "") {
        return [];
    }
    if (!Array.isArray(rules) || !rules.every(isMap)) {
        throw notUnderstood("creation_rules is not a list of rules; write one as docs/secrets.md shows");
    }
    return rules;
}

function matches(rule: unknown, file: string): boolean {
    const pattern = isMap(rule) ? rule.path_regex : undefined;
    if (pattern === undefined || pattern === "") {
        return true;
    }
    if (typeof pattern !== "string") {
        throw notUnderstood(`path_regex ${JSON.stringify(pattern)} is no text`);
    }
    return expression(pattern).test(file);
}

// What Go's expressions have and JavaScript's read differently, or the other way round.
// https://github.com/google/re2/wiki/Syntax
const foreign = /\[\[:\^?\w+:\]\]|\\[AzQEpPC]|\(\?[a-zA-Z]*[U-]|\(\?<?[=!]|\\[1-9]|\(\?[a-zA-Z]+:/;

/** sops reads Go's expressions. Those that JavaScript's read in the same way are understood, and flags before them. */
function expression(pattern: string): RegExp {
    const [, flags = "", rest = ""] = /^(?:\(\?([ims]+)\))?([^]*)$/.exec(pattern) ?? [];
    const advice = "write it with ^, $, (, |, ), [, ] and the like, without what only some languages have";
    if (foreign.test(rest)) {
        throw notUnderstood(`path_regex ${pattern} is not understood here; ${advice}`);
    }
    try {
        return new RegExp(rest.replaceAll("(?P<", "(?<"), flags);
    } catch (error) {
        throw notUnderstood(`path_regex ${pattern} is no expression: ${(error as Error).message}; ${advice}`);
    }
}

// The fields of https://github.com/getsops/sops/blob/main/config/config.go. Each may be a list, or text with commas.
function recipientsOfRule(rule: unknown): Recipients {
    return {
        pgp: names(rule, "pgp").map(pgpKeyId),
        keyVault: names(rule, "azure_keyvault"),
        other: ["age", "kms", "gcp_kms", "hckms", "hc_vault_transit_uri"].flatMap((field) => names(rule, field)),
    };
}

function recipientsOfGroup(group: unknown): Recipients {
    const keyVault = listIn(group, "azure_keyvault").map((key) => {
        const version = textIn(key, "version");
        const address = `${textIn(key, "vaultUrl").replace(/\/$/, "")}/keys/${textIn(key, "key")}`;
        return version === "" ? address : `${address}/${version}`;
    });
    const own = {
        pgp: names(group, "pgp").map(pgpKeyId),
        keyVault,
        other: [
            ...["age", "hckms", "hc_vault"].flatMap((field) => names(group, field)),
            ...listIn(group, "kms").map((key) => textIn(key, "arn")),
            ...listIn(group, "gcp_kms").map((key) => textIn(key, "resource_id")),
        ],
    };
    return joined([own, ...listIn(group, "merge").map(recipientsOfGroup)]);
}

function names(rule: unknown, field: string): string[] {
    const value = isMap(rule) ? (rule[field] ?? "") : "";
    const list: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : [value];
    return list.flatMap((item) => {
        if (typeof item !== "string") {
            throw notUnderstood(`${field} ${JSON.stringify(item)} is no text`);
        }
        return item
            .split(",")
            .map((name) => name.trim())
            .filter((name) => name !== "");
    });
}

function notUnderstood(what: string): Error {
    return new Error(`gitops/.sops.yaml: ${what}`);
}
