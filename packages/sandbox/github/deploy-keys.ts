import { utils } from "ssh2";
import type { HttpResponse } from "../network/route";
import { created, done, invalid, notFound, ok } from "./answers";
import { optionalFlag, optionalText, text } from "./body";
import type { Endpoint, RepositoryCall } from "./router";
import type { DeployKey, Repository, Store } from "./store";

const accepted =
    /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com)$/;

/** Type and base64 of an authorized-keys line, or undefined when GitHub does not take it. */
function parsePublicKey(line: string): string | undefined {
    const [type, data] = line.trim().split(/\s+/);
    if (type === undefined || data === undefined || !accepted.test(type) || /[\r\n]/.test(line.trim())) {
        return undefined;
    }
    const parsed = utils.parseKey(`${type} ${data}`);
    return parsed instanceof Error || parsed.type !== type ? undefined : `${type} ${data}`;
}

/** The repository that a public key opens, and how. */
export function keyOwner(store: Store, key: string): { repository: Repository; key: DeployKey } | undefined {
    for (const repository of store.repositories) {
        const found = repository.keys.find((one) => one.key === key);
        if (found) {
            return { repository, key: found };
        }
    }
    return undefined;
}

function render(repository: Repository, key: DeployKey): object {
    return {
        id: key.id,
        key: key.key,
        url: `https://api.github.com/repos/${repository.owner}/${repository.name}/keys/${key.id}`,
        title: key.title,
        verified: true,
        created_at: key.createdAt,
        read_only: key.readOnly,
        added_by: "sandbox-bot",
        last_used: key.lastUsed ?? null,
        enabled: true,
    };
}

function create({ context, repository, body }: RepositoryCall): HttpResponse {
    const line = text(body, "key");
    const key = parsePublicKey(line);
    const problem = (message: string) => invalid({ resource: "PublicKey", code: "custom", field: "key", message });
    if (key === undefined) {
        throw problem("key is invalid. You must supply a key in OpenSSH public key format");
    }
    if (keyOwner(context.store, key)) {
        throw problem("key is already in use");
    }
    const made: DeployKey = {
        id: context.store.newId(),
        title: optionalText(body, "title") ?? line.trim().split(/\s+/)[2] ?? "",
        key,
        readOnly: optionalFlag(body, "read_only") ?? false,
        createdAt: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    };
    repository.keys.push(made);
    context.store.save();
    return created(render(repository, made));
}

function find({ repository, params }: RepositoryCall): DeployKey {
    const key = repository.keys.find((one) => one.id === Number(params.id));
    if (!key) {
        throw notFound();
    }
    return key;
}

function remove(call: RepositoryCall): HttpResponse {
    const { repository, context } = call;
    repository.keys.splice(repository.keys.indexOf(find(call)), 1);
    context.store.save();
    return done;
}

const base = "/repos/:owner/:repo/keys";
const docs = "deploy-keys/deploy-keys";

export const deployKeyEndpoints: readonly Endpoint[] = [
    { method: "POST", path: base, docs: `${docs}#create-a-deploy-key`, handle: create },
    {
        method: "GET",
        path: base,
        docs: `${docs}#list-deploy-keys`,
        handle: ({ repository }) => ok(repository.keys.map((key) => render(repository, key))),
    },
    {
        method: "GET",
        path: `${base}/:id`,
        docs: `${docs}#get-a-deploy-key`,
        handle: (call) => ok(render(call.repository, find(call))),
    },
    { method: "DELETE", path: `${base}/:id`, docs: `${docs}#delete-a-deploy-key`, handle: remove },
];
