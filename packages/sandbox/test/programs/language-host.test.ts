import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { writeEngineHome } from "../../plugins/engine-home";
import { binary, TestApiServer } from "../../testing/api-server";

const repository = path.join(__dirname, "../../../..");
const program = `
import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";

const config = new pulumi.Config();
console.log("the program's own output");
if (config.getBoolean("fail")) throw new pulumi.RunError("the program gave up");
const provider = new k8s.Provider("cluster", { kubeconfig: config.requireSecret("kubeconfig") });
// Nothing collects garbage at the test's API server, which a deletion in the foreground waits for.
const annotations = { "pulumi.com/deletionPropagationPolicy": "background" };
const metadata = { name: "made", namespace: "default", annotations };
const data = { password: config.requireSecret("password") };
const secret = new k8s.core.v1.Secret("made", { metadata, stringData: data }, { provider });

class Text extends pulumi.dynamic.Resource {
    declare readonly length: pulumi.Output<number>;
    constructor(name: string, args: { text: pulumi.Input<string> }) {
        const create = async ({ text }: { text: string }) => ({ id: "text", outs: { length: text.length } });
        super({ create }, name, { length: undefined, ...args });
    }
}
export const length = new Text("text", { text: secret.metadata.name }).length;
export const stack = pulumi.getStack();
`;

describe("the language host and the plugins, under the engine", function () {
    this.timeout(120_000);
    const api = new TestApiServer();
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-host-"));
    const project = path.join(directory, "project");
    const home = path.join(directory, "home");

    before(async () => {
        const plugins = [
            "pulumi-language-nodejs",
            "pulumi-resource-kubernetes",
            "pulumi-resource-pulumi-nodejs",
        ] as const;
        const userHome = path.join(directory, "none");
        assert.deepEqual(
            await writeEngineHome({ directory: home, pulumi: binary("pulumi"), userHome, plugins }),
            plugins,
        );
        fs.mkdirSync(project);
        fs.mkdirSync(path.join(directory, "state"));
        fs.symlinkSync(path.join(repository, "node_modules"), path.join(project, "node_modules"));
        fs.writeFileSync(path.join(project, "Pulumi.yaml"), "name: tiny\nruntime: nodejs\n");
        fs.writeFileSync(path.join(project, "package.json"), '{ "name": "tiny", "main": "index.ts" }\n');
        fs.writeFileSync(path.join(project, "index.ts"), program);
        fs.writeFileSync(path.join(project, "tsconfig.json"), '{ "compilerOptions": { "noCheck": true } }\n');
        await api.start();
        await succeed("stack", "init", "dev");
        await succeed("config", "set", "--secret", "kubeconfig", api.kubeconfig());
        await succeed("config", "set", "--secret", "password", "hunter2");
    });

    after(() => {
        api.stop();
        fs.rmSync(directory, { recursive: true, force: true });
    });

    function pulumi(...args: string[]): Promise<{ code: number | null; output: string }> {
        const env = {
            ...process.env,
            PULUMI_HOME: home,
            PULUMI_BACKEND_URL: `file://${path.join(directory, "state")}`,
            PULUMI_CONFIG_PASSPHRASE: "test",
            PULUMI_SKIP_UPDATE_CHECK: "1",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        };
        return new Promise((resolve, reject) => {
            const child = spawn(path.join(home, "bin", "pulumi"), [...args, "--non-interactive"], {
                cwd: project,
                env,
            });
            let output = "";
            child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
            child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
            child.on("error", reject);
            child.on("close", (code) => resolve({ code, output }));
        });
    }

    async function succeed(...args: string[]): Promise<string> {
        const { code, output } = await pulumi(...args);
        assert.equal(code, 0, output);
        return output;
    }

    it("previews, and shows what the program prints", async () => {
        const output = await succeed("preview");
        assert.match(output, /the program's own output/);
        assert.match(output, /\+ 4 to create/);
        // The engine warns of a plugin that is not where it expects plugins.
        assert.doesNotMatch(output, /warning/i);
    });

    it("creates, with a dynamic resource, and keeps secrets encrypted", async () => {
        assert.match(await succeed("up", "--yes", "--skip-preview"), /\+ 4 created/);
        assert.deepEqual(JSON.parse(await succeed("stack", "output", "--json")), { length: 4, stack: "dev" });
        const files = fs.readdirSync(path.join(directory, "state"), { recursive: true, encoding: "utf8" });
        const state = files
            .map((file) => path.join(directory, "state", file))
            .filter((file) => fs.statSync(file).isFile());
        for (const text of state.map((file) => fs.readFileSync(file, "utf8"))) {
            for (const value of ["hunter2", Buffer.from("hunter2").toString("base64"), api.token]) {
                assert.ok(!text.includes(value), `${value} is in the state`);
            }
        }
    });

    it("changes nothing the second time, nor after a refresh", async () => {
        assert.match(await succeed("up", "--yes", "--skip-preview"), /4 unchanged/);
        assert.match(await succeed("up", "--yes", "--skip-preview", "--refresh"), /4 unchanged/);
    });

    it("leaves the program's error to be read, once and without a stack", async () => {
        await succeed("config", "set", "fail", "true");
        const { code, output } = await pulumi("preview");
        await succeed("config", "rm", "fail");
        assert.notEqual(code, 0);
        assert.equal(output.split("Diagnostics:")[1]?.match(/the program gave up/g)?.length, 1, output);
        assert.doesNotMatch(output, /exited with code|at Object/);
    });

    it("destroys what it made", async () => {
        assert.match(await succeed("destroy", "--yes", "--skip-preview"), /- 4 deleted/);
    });
});
