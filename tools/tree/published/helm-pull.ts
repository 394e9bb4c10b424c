import { execFile } from "node:child_process";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { program } from "../programs";
import { TreeError } from "../tree-error";
import type { ChartPin } from "./pins";

/** What Helm's message says of a cause, and what to do about it. The first that matches. */
const causes: readonly { readonly pattern: RegExp; readonly problem: string; readonly advice: string }[] = [
    {
        pattern: /\b429\b|toomanyrequests|too many requests|rate limit/i,
        problem: "the registry has had too many requests from here",
        advice: "wait for as long as it says, or log in (helm registry login), which most registries allow more",
    },
    {
        pattern: /\b(401|403)\b|unauthorized|denied|forbidden|authentication required/i,
        problem: "the registry refuses",
        advice: "log in with an account that may pull it: helm registry login, or helm repo add with --username",
    },
    {
        pattern:
            /no such host|connection refused|connection reset|network is unreachable|dial tcp|timeout|proxyconnect|Bad Gateway|certificate|EOF/i,
        problem: "the registry cannot be reached",
        advice: "look at the network, HTTPS_PROXY and SSL_CERT_FILE of this machine",
    },
    {
        pattern: /unable to locate any tags/i,
        problem: "Helm does not say which version is the newest, since it lists no tags that begin with v",
        advice: "name one, such as npm run tree -- bump cert-manager v1.22.0",
    },
    {
        pattern: /\b404\b|not found|MANIFEST_UNKNOWN|NAME_UNKNOWN|no chart version found/i,
        problem: "the registry does not have it",
        advice: "look whether it has moved or was taken back, and correct the source or the version",
    },
];

/**
 * The archive of a chart from where it is published, by `helm pull`, which knows registries, repositories, proxies and
 * the user's logins.
 *
 * @throws TreeError with chart, source, the line that pins it, what Helm says, and what to do.
 */
export async function pullArchive(pin: ChartPin): Promise<Buffer> {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "tree-charts-"));
    try {
        await helmPull(pin, folder);
        const archives = (await fs.readdir(folder)).filter((file) => file.endsWith(".tgz"));
        if (archives.length !== 1 || archives[0] === undefined) {
            throw pullError(pin, `helm pull wrote ${archives.length} archives`, "run it by hand to see why");
        }
        return await fs.readFile(path.join(folder, archives[0]));
    } finally {
        await fs.rm(folder, { recursive: true });
    }
}

async function helmPull(pin: ChartPin, folder: string): Promise<void> {
    await helm(pin, folder, ["pull", ...chartOf(pin), "--version", pin.version, "--destination", folder]);
}

/**
 * The newest version of a chart that is no pre-release, where it is published.
 *
 * @throws TreeError as `pullArchive` does.
 */
export async function newestVersion(pin: ChartPin): Promise<string> {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "tree-charts-"));
    try {
        const { version } = parse(await helm(pin, folder, ["show", "chart", ...chartOf(pin)])) as { version: string };
        return version;
    } finally {
        await fs.rm(folder, { recursive: true });
    }
}

/** What an archive holds of `chart` or `values`. */
export async function shownOf(pin: ChartPin, archive: Buffer, what: "chart" | "values"): Promise<string> {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "tree-charts-"));
    try {
        const file = path.join(folder, "chart.tgz");
        await fs.writeFile(file, archive);
        return await helm(pin, folder, ["show", what, file]);
    } finally {
        await fs.rm(folder, { recursive: true });
    }
}

function chartOf({ name, source }: ChartPin): string[] {
    return source.startsWith("oci:") ? [source] : [name, "--repo", source];
}

async function helm(pin: ChartPin, folder: string, command: readonly string[]): Promise<string> {
    // A cache of its own: what an earlier run of Helm has kept would be taken for what the registry has.
    const caches = ["--repository-cache", folder, "--content-cache", path.join(folder, "content")];
    const options = { timeout: 300_000, maxBuffer: 2 ** 26 };
    const answer = await new Promise<{ stdout: string; said?: string }>((resolve) => {
        execFile(program("helm"), [...command, ...caches], options, (error, stdout, stderr) =>
            resolve(error ? { stdout, said: stderr.trim() || error.message } : { stdout }),
        );
    });
    const { said } = answer;
    if (said !== undefined) {
        const { problem, advice } = causes.find(({ pattern }) => pattern.test(said)) ?? {
            problem: `helm ${command[0]} fails`,
            advice: "run it by hand to see why",
        };
        throw pullError(pin, `${problem}: ${said.replaceAll("\n", " ")}`, advice);
    }
    return answer.stdout;
}

/** The message of everything that goes wrong with one chart. */
export function pullError({ name, version, source, place }: ChartPin, problem: string, advice: string): TreeError {
    return new TreeError(
        `gitops/${place.file}:${place.line}: chart ${name} ${version} of ${source}: ${problem}\n    ${advice}`,
    );
}
