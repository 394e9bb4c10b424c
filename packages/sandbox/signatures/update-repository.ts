import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HttpHandler, Route } from "../network/route";
import { canonicalJson } from "./canonical-json";
import { sha256, type SigningKey } from "./signing-key";
import { trustedRootJson, type TrustRoot } from "./trust-root";

/** No client takes this for Sigstore's own, whose keys are compiled in. */
const host = "tuf-repo.landfall.invalid";

const expires = "2126-01-01T00:00:00Z";

/**
 * The files of an update repository that holds `trusted_root.json`, by path. One key signs everything.
 *
 * @see https://theupdateframework.github.io/specification/latest/
 */
function updateFiles(root: TrustRoot): ReadonlyMap<string, Buffer> {
    const key = { keytype: "ecdsa", scheme: "ecdsa-sha2-nistp256", keyval: { public: root.updates.publicPem } };
    const keyid = sha256(signedForm(key)).toString("hex");
    const signed = (type: string, content: object) => signedFile(root.updates, keyid, type, content);
    const target = Buffer.from(trustedRootJson(root));
    const name = "trusted_root.json";
    const role = { keyids: [keyid], threshold: 1 };
    const rootFile = signed("root", {
        ...{ consistent_snapshot: true, keys: { [keyid]: key } },
        roles: { root: role, timestamp: role, snapshot: role, targets: role },
    });
    const targets = signed("targets", { targets: { [name]: described(target) } });
    const snapshot = signed("snapshot", { meta: { "targets.json": { ...described(targets), version: 1 } } });
    const timestamp = signed("timestamp", { meta: { "snapshot.json": { ...described(snapshot), version: 1 } } });
    return new Map([
        ["root.json", rootFile],
        ["1.root.json", rootFile],
        ["timestamp.json", timestamp],
        ["1.snapshot.json", snapshot],
        ["1.targets.json", targets],
        [`targets/${sha256(target).toString("hex")}.${name}`, target],
    ]);
}

function described(content: Buffer) {
    return { length: content.length, hashes: { sha256: sha256(content).toString("hex") } };
}

function signedFile(key: SigningKey, keyid: string, type: string, content: object): Buffer {
    const signed = { _type: type, spec_version: "1.0.31", version: 1, expires, ...content };
    const sig = key.sign(signedForm(signed)).toString("hex");
    return Buffer.from(JSON.stringify({ signed, signatures: [{ keyid, sig }] }));
}

/** The form of JSON that TUF signs does not escape the ends of lines, which keys have. */
function signedForm(value: object): string {
    return canonicalJson(value).replaceAll("\\n", "\n");
}

/** Answers for the update repository. */
export function updateRoute(root: TrustRoot): Route {
    const files = updateFiles(root);
    const handle: HttpHandler = ({ url }) => {
        const content = files.get(url.pathname.slice(1));
        return Promise.resolve(content ? { status: 200, body: content } : { status: 404 });
    };
    return { host, handle };
}

/**
 * Writes what a client has to begin with into a folder, and gives the environment that names it, as cosign and what is
 * made of it read it.
 *
 * @see https://github.com/sigstore/cosign/blob/main/doc/cosign_env.md
 */
export async function trustEnvironment(root: TrustRoot, directory: string): Promise<Record<string, string>> {
    await mkdir(directory, { recursive: true });
    const write = async (name: string, content: string | Buffer) => {
        const file = join(directory, name);
        await writeFile(file, content);
        return file;
    };
    return {
        TUF_MIRROR: `https://${host}`,
        TUF_ROOT_JSON: await write("root.json", updateFiles(root).get("root.json")!),
        // Where signatures are not in the newest format, these are read and not the repository.
        SIGSTORE_REKOR_PUBLIC_KEY: await write("rekor.pub", root.entries.publicPem),
        SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: await write("ctfe.pub", root.certificates.publicPem),
        SIGSTORE_ROOT_FILE: await write("fulcio.crt", `${root.authorityCertificate.toString("pem")}\n`),
    };
}
