import type { Properties } from "../provider";
import type { GitHubClient } from "./client";
import { mustRead, type Reading, type Resource, twoParts } from "./resource";

/** GitHub drops the comment and white space of a key, so they make no difference. */
const withoutComment = (key: unknown): unknown =>
    typeof key === "string" ? key.trim().replace(/^([a-z0-9@.-]+ \S+) .*$/, "$1") : key;

async function read(client: GitHubClient, id: string): Promise<Reading | undefined> {
    const [repository, key] = twoParts(id, "repository:key-id");
    const answer = await client.find(client.repository(repository, `/keys/${key}`));
    if (!answer) {
        return undefined;
    }
    const { key: line, title, read_only: readOnly } = answer.body;
    const inputs = { repository, title, key: line, readOnly };
    return { id, inputs, outputs: { ...inputs, etag: answer.etag } };
}

export const deployKey: Resource = {
    type: "github:index/repositoryDeployKey:RepositoryDeployKey",
    inputs: ["key", "readOnly", "repository", "title"],
    required: ["key", "repository", "title"],
    replaces: ["key", "readOnly", "repository", "title"],
    comparable: (inputs: Properties) => ({
        ...inputs,
        key: withoutComment(inputs.key),
        readOnly: inputs.readOnly ?? true,
    }),
    create: async (client, inputs) => {
        const body = { title: inputs.title, key: inputs.key, read_only: inputs.readOnly ?? true };
        const answer = await client.send("POST", client.repository(inputs.repository, "/keys"), body);
        const id = `${String(inputs.repository)}:${String(answer.body.id)}`;
        return mustRead(read(client, id), `deploy key ${id}`);
    },
    delete: async (client, id) => {
        const [repository, key] = twoParts(id, "repository:key-id");
        await client.send("DELETE", client.repository(repository, `/keys/${key}`));
    },
    read,
};
