import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { allOf, recipientsIn } from "../../components/gitops/encryption/sops-recipients";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { recipientsOf } from "./rules";
import { publicFingerprint, publicKeyFile } from "./sops";

interface SecretDocument {
    readonly kind?: string;
    readonly metadata?: { readonly name?: string };
    readonly data?: Readonly<Record<string, unknown>>;
    readonly stringData?: Readonly<Record<string, unknown>>;
    readonly sops?: { readonly mac?: unknown };
}

/**
 * What is wrong with the encryption of a tree, one line each: the file, what is wrong, and what to do. Reads files
 * only.
 */
export async function checkTree(tree: string): Promise<string[]> {
    const files = fs
        .readdirSync(tree, { recursive: true, encoding: "utf8" })
        .filter((file) => /\.ya?ml$/.test(file) && !path.basename(file).startsWith("."))
        .sort();
    const inFiles = files.flatMap((file) =>
        parseAllDocuments(fs.readFileSync(path.join(tree, file), "utf8")).flatMap((document) => {
            const object = (document.toJS() ?? {}) as SecretDocument;
            return object.kind === "Secret" || object.sops ? problemsOf(tree, file, object) : [];
        }),
    );
    const keys = await Promise.all(environmentsIn(tree).map((environment) => wrongPublicKey(tree, environment)));
    return [...inFiles, ...keys.flat()];
}

/** What is wrong with one Secret. */
export function problemsOf(tree: string, file: string, object: SecretDocument): string[] {
    const at = (problem: string) => [`gitops/${file}: ${problem}`];
    const open = [...openValues(object)];
    if (!object.sops) {
        const fix = `encrypt it before it is committed: npm run secret -- set, or in gitops/ sops encrypt --in-place ${file}`;
        return at(`Secret ${object.metadata?.name ?? ""} is not encrypted; ${fix}`);
    }
    const keys = allOf(recipientsOf(tree, file));
    const given = allOf(recipientsIn(object));
    const lacking = keys.filter((key) => !given.includes(key));
    const extra = given.filter((key) => !keys.includes(key));
    const environment = path.basename(path.dirname(file));
    const fix = `npm run secret -- recipients ${environment}`;
    return [
        ...open.flatMap((key) => at(`${key} is not encrypted; take it out, and npm run secret -- set it`)),
        ...(object.sops.mac ? [] : at("has no MAC, so that nobody could tell if it was changed; encrypt it again")),
        ...(file.endsWith(".sops.yaml") ? [] : at("holds a Secret, so it has to be called *.sops.yaml; rename it")),
        ...(keys.length === 0 ? at("no rule of .sops.yaml matches it; move it to clusters/<environment>/") : []),
        ...lacking.flatMap((key) => at(`is not encrypted to ${key}, which .sops.yaml names; ${fix}`)),
        ...(keys.length === 0 ? [] : extra).flatMap((key) =>
            at(`is encrypted to ${key}, which .sops.yaml does not name; ${fix}`),
        ),
    ];
}

function* openValues(object: SecretDocument): Generator<string> {
    for (const part of ["data", "stringData"] as const) {
        for (const [key, value] of Object.entries(object[part] ?? {})) {
            if (!/^ENC\[AES256_GCM,data:.*,iv:.+,tag:.+,type:\w+\]$/.test(String(value))) {
                yield `${part}.${key}`;
            }
        }
    }
}

async function wrongPublicKey(tree: string, environment: string): Promise<string[]> {
    const fingerprint = await publicFingerprint(tree, environment).catch((error: Error) => error);
    if (fingerprint instanceof Error) {
        return [fingerprint.message];
    }
    return recipientsOf(tree, `clusters/${environment}/any.sops.yaml`)
        .pgp.filter((recipient) => recipient !== fingerprint)
        .map(
            (recipient) =>
                `gitops/${publicKeyFile(environment)}: is ${fingerprint}, but .sops.yaml names ${recipient}; npm run secret -- recipients ${environment}`,
        );
}
