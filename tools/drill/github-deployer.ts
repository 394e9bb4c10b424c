import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Session } from "@landfall/sandbox";

const run = promisify(execFile);

/**
 * One call with the deployer's token. In a process by itself, since proxy and certificates come from the environment.
 */
const script = `(async ([method, url, body]) => {
    const headers = { authorization: "Bearer " + process.env.GITHUB_TOKEN };
    const answer = await fetch(url, { method, headers, ...(body ? { body } : {}) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(answer.status + " " + text);
    process.stdout.write(text);
})(process.argv.slice(1))`;

/** The owner of the fleet repository that the committed stacks name. */
export const organization = "landfall-example";

/** The deployer of a running sandbox at GitHub's API. */
export class GitHubDeployer {
    constructor(private readonly session: () => Session) {}

    /** Calls the API, for instance `GET meta`. Throws with GitHub's answer if it refuses. */
    async call<Answer>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<Answer> {
        const args = ["-e", script, method, `https://api.github.com/${path}`, ...(body ? [JSON.stringify(body)] : [])];
        const env = { PATH: process.env.PATH, ...this.session().environment };
        const { stdout } = await run(process.execPath, args, { env });
        return (stdout === "" ? {} : JSON.parse(stdout)) as Answer;
    }
}
