import type { Properties } from "../provider";
import type { GitHubClient } from "./client";
import { repositoryProperties } from "./repository";

type Invoke = (client: GitHubClient, args: Properties) => Promise<Properties>;

async function getRepository(client: GitHubClient, args: Properties): Promise<Properties> {
    const full = args.fullName === undefined ? `${client.owner}/${String(args.name)}` : (args.fullName as string);
    const { body } = await client.send("GET", `/repos/${full}`);
    const lists = { pages: [], repositoryLicenses: [], templates: [] };
    return { ...repositoryProperties(body), fork: body.fork, ...lists, id: body.name };
}

async function getBranch(client: GitHubClient, { repository, branch }: Properties): Promise<Properties> {
    const { body, etag } = await client.send("GET", client.repository(repository, `/git/ref/heads/${String(branch)}`));
    const { sha } = body.object as { sha: string };
    return { repository, branch, ref: body.ref, sha, etag, id: `${String(repository)}:${String(branch)}` };
}

/** The functions of the package that the stand-in has. */
export const functions: Readonly<Record<string, Invoke>> = {
    "github:index/getRepository:getRepository": getRepository,
    "github:index/getBranch:getBranch": getBranch,
};
