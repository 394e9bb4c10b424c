/**
 * GitHub on this machine: the REST API for one organisation, one token and Apps, and git over ssh and https, on real
 * bare repositories.
 *
 * Stands in for api.github.com and github.com. It does not prove: tokens for chosen repositories (the token here is an
 * owner's, and others may do less at all repositories), rate limits, webhooks being delivered, Actions running, reviews
 * of pull requests, and code owners. The texts of refusals are GitHub's where they are publicly documented or reported.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { HttpHandler, Route } from "../network/route";
import { accountEndpoints } from "./account";
import { type App, appEndpoints, Apps } from "./apps";
import { blobEndpoints } from "./blobs";
import { branchEndpoints } from "./branches";
import { commitEndpoints } from "./commits";
import { contentEndpoints } from "./contents";
import { deployKeyEndpoints } from "./deploy-keys";
import { Git } from "./git";
import { historyEndpoints } from "./history";
import { hostKeys } from "./host-keys";
import { type PublishedRepository, servePublished } from "./published";
import { pullEndpoints } from "./pulls";
import { writeHook } from "./push";
import { referenceEndpoints } from "./refs";
import { repositoryEndpoints } from "./repositories";
import { type Context, createRouter, type Endpoint, type LimitedToken } from "./router";
import { rulesetEndpoints } from "./rulesets";
import { createSmartHttp } from "./smart-http";
import { startSshServer } from "./ssh-server";
import { type Repository, Store } from "./store";
import { treeEndpoints } from "./trees";

export interface GitHubOptions {
    /** Where everything is kept (made with mode 0700); a later start on the same folder finds it again. */
    readonly directory: string;
    /** The organisation that exists. */
    readonly owner: string;
    readonly token: string;
    /** Tokens that may do less than the owner's; none by default. */
    readonly limitedTokens?: readonly LimitedToken[];
    /** Apps that are installed in the organisation; none by default. */
    readonly apps?: readonly App[];
    /** Repositories of others that github.com serves; none by default. */
    readonly published?: readonly PublishedRepository[];
}

export interface GitHub {
    /** github.com has two: port 22 goes to the ssh server, everything else is git over https. */
    readonly routes: readonly Route[];
    /** Where git over ssh listens on 127.0.0.1. */
    readonly sshPort: number;
    /** `type base64` of each host key of the ssh server, as GET /meta gives them. */
    readonly sshKeys: readonly string[];
    /** Answers for api.github.com. */
    readonly api: HttpHandler;
    /** Installs Apps in the organisation, in the place of those that are. */
    installApps(apps: readonly App[]): void;
    /** Requests to the REST API so far. */
    calls(): number;
    /** Folder of the bare repository `owner/name`; throws when there is no such repository. */
    repositoryPath(fullName: string): string;
    close(): Promise<void>;
}

/** A path is answered by the first endpoint that fits it: those of history come before those of commits. */
const endpoints: readonly Endpoint[] = [
    ...appEndpoints,
    ...repositoryEndpoints,
    ...deployKeyEndpoints,
    ...branchEndpoints,
    ...rulesetEndpoints,
    ...referenceEndpoints,
    ...blobEndpoints,
    ...treeEndpoints,
    ...historyEndpoints,
    ...commitEndpoints,
    ...contentEndpoints,
    ...pullEndpoints,
];

/** Starts the stand-in. Throws when the folder cannot be used or its state cannot be read. */
export async function createGitHub(options: GitHubOptions): Promise<GitHub> {
    const { directory, owner, token, limitedTokens = [], apps = [] } = options;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const store = new Store(directory);
    const git = (repository: Repository): Git => new Git(store.path(repository));
    const keys = await hostKeys(join(directory, "host-keys"));
    const context: Context = { owner, token, limitedTokens, apps: new Apps(apps), store, git };
    let calls = 0;
    const api = createRouter(context, [...accountEndpoints(keys), ...endpoints], () => calls++);
    const hooks = join(directory, "hooks");
    writeHook(hooks);
    const ssh = await startSshServer({ store, keys, hooks, git });
    const published = await servePublished(join(directory, "published"), options.published ?? []);
    const own = createSmartHttp({ context, store, hooks, git });
    const toSsh = (wanted: number) => (_host: string, port: number) =>
        Promise.resolve(port === wanted ? { host: "127.0.0.1", port: ssh.port } : undefined);
    return {
        routes: [
            { host: "api.github.com", handle: api },
            { host: "github.com", forward: toSsh(22) },
            { host: "github.com", handle: (request) => (published(request.url.pathname) ?? own)(request) },
            { host: "ssh.github.com", forward: toSsh(443) },
        ],
        sshPort: ssh.port,
        sshKeys: keys.map((key) => key.publicKey),
        api,
        installApps: (installed) => context.apps.install(installed),
        calls: () => calls,
        repositoryPath: (fullName) => pathOf(store, fullName),
        close: () => ssh.close(),
    };
}

function pathOf(store: Store, fullName: string): string {
    const [owner, name] = fullName.split("/");
    const repository = store.find(owner ?? "", name ?? "");
    if (!repository) {
        throw new Error(`the GitHub stand-in has no repository ${fullName}`);
    }
    return store.path(repository);
}
