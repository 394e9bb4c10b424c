import * as pulumi from "@pulumi/pulumi";
import { configuredGitHub, type RepositoryName } from "../../../components/gitops/fleet/github-api";
import { filesOf } from "../files";

interface File {
    readonly repository: RepositoryName;
    readonly path: string;
    readonly content: string;
}

const address = ({ repository, path }: File) => `/repos/${repository.owner}/${repository.name}/contents/${path}`;

const provider: pulumi.dynamic.ResourceProvider<File, File> = {
    async create(file) {
        const github = configuredGitHub({ token: undefined, appAuth: undefined });
        const content = Buffer.from(file.content, "utf8").toString("base64");
        await github.call("PUT", address(file), { message: `Add ${file.path}`, content });
        return { id: file.path, outs: file };
    },
};

/**
 * A file of a repository as a resource, with the one request that no such resource can do without: GitHub writes a file
 * by PUT, as a commit.
 */
class RepositoryFile extends pulumi.dynamic.Resource {
    constructor(name: string, file: File) {
        super(provider, name, file);
    }
}

const config = new pulumi.Config();
const repository = { owner: config.require("owner"), name: config.require("repository") };
for (const [path, content] of Object.entries(filesOf(config.requireNumber("files")))) {
    new RepositoryFile(path, { repository, path, content });
}
