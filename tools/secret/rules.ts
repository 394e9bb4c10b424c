import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument, YAMLMap, YAMLSeq } from "yaml";
import { canaryFile, type Recipients } from "../../components/gitops/encryption/sops-recipients";
import { recipientsNamed } from "../../components/gitops/encryption/sops-rules";
import { SecretError } from "./secret-error";

const file = ".sops.yaml";
const encrypted = "^(data|stringData)$";

/**
 * The keys that the tree's `.sops.yaml` names for a file.
 *
 * @throws SecretError if it is missing or not understood.
 */
export function recipientsOf(tree: string, secret: string): Recipients {
    try {
        return recipientsNamed(fs.readFileSync(path.join(tree, file), "utf8"), secret);
    } catch (error) {
        throw new SecretError((error as Error).message);
    }
}

/**
 * Writes the rules of an environment: its files to every key, and each canary to its own. Other environments' rules and
 * the comments stay.
 */
export function writeRules(tree: string, environment: string, recipients: Recipients): void {
    const document = parseDocument(fs.readFileSync(path.join(tree, file), "utf8"));
    const rules = document.get("creation_rules");
    if (!(rules instanceof YAMLSeq)) {
        throw new SecretError(`gitops/${file} has no creation_rules`);
    }
    const pgp = { pgp: recipients.pgp.join(",") };
    const keyVault = recipients.keyVault.length > 0 ? { azure_keyvault: recipients.keyVault.join(",") } : {};
    const canary = (kind: "pgp" | "key-vault") => `(^|/)${canaryFile(environment, kind).replaceAll(".", "\\.")}$`;
    const wanted = [
        { path_regex: canary("pgp"), encrypted_regex: encrypted, ...pgp },
        ...(recipients.keyVault.length > 0
            ? [{ path_regex: canary("key-vault"), encrypted_regex: encrypted, ...keyVault }]
            : []),
        {
            path_regex: `(^|/)clusters/${environment}/[^/]+\\.sops\\.yaml$`,
            encrypted_regex: encrypted,
            ...pgp,
            ...keyVault,
        },
    ];
    const own = (rule: unknown) => isRuleOf(environment, rule);
    const first = rules.items.findIndex(own);
    const at = first >= 0 ? first : rules.items.length;
    const comment = (rules.items[at] as YAMLMap | undefined)?.commentBefore;
    rules.items = rules.items.filter((rule) => !own(rule));
    const nodes = wanted.map((rule) => document.createNode(rule));
    if (nodes[0] && comment) {
        nodes[0].commentBefore = comment;
    }
    rules.items.splice(at, 0, ...nodes);
    fs.writeFileSync(path.join(tree, file), document.toString({ lineWidth: 0 }));
}

function isRuleOf(environment: string, rule: unknown): boolean {
    return rule instanceof YAMLMap && String(rule.get("path_regex")).includes(`clusters/${environment}/`);
}
