/**
 * What a team's pipeline does in a job of GitHub Actions to push charts (helm push). Arguments: where to, in the
 * registry, and the charts' folders.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { registryToken, variable } from "./registry-login";

/** Throws with what Helm said when it fails. */
function helm(home: string, args: readonly string[], input = ""): string {
    const env = { ...process.env, HELM_REGISTRY_CONFIG: path.join(home, "config.json"), HELM_CACHE_HOME: home };
    const { status, stdout, stderr, error } = spawnSync("helm", args, { input, env, encoding: "utf8" });
    if (error || status !== 0) {
        throw new Error(`helm ${args.slice(0, 2).join(" ")} failed: ${error?.message ?? stderr}`);
    }
    return stdout;
}

async function main([to = "", ...charts]: readonly string[]): Promise<void> {
    const registry = variable("REGISTRY");
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-push-"));
    try {
        const login = ["--username", "00000000-0000-0000-0000-000000000000", "--password-stdin"];
        helm(home, ["registry", "login", registry, ...login], await registryToken(registry));
        for (const chart of charts) {
            helm(home, ["package", chart, "--destination", home]);
        }
        for (const archive of fs.readdirSync(home).filter((file) => file.endsWith(".tgz"))) {
            helm(home, ["push", path.join(home, archive), `oci://${registry}/${to}`]);
            console.log(`pushed ${archive} to oci://${registry}/${to}`);
        }
    } finally {
        fs.rmSync(home, { recursive: true, force: true });
    }
}

main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
});
