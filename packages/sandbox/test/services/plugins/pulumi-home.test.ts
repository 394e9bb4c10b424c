import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as kubernetesSdk from "@pulumi/kubernetes/package.json";
import * as pulumiSdk from "@pulumi/pulumi/package.json";
import { pluginFile, writeEngineHome } from "../../../plugins/engine-home";
import { userPulumiHome } from "../../../plugins/pulumi-home";

const host = "pulumi-language-nodejs";
const kubernetes = "pulumi-resource-kubernetes";

describe("the user's own Pulumi", function () {
    this.timeout(120_000);
    let directory: string;
    let pulumiHome: string;

    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-home-"));
        pulumiHome = path.join(directory, "it's home");
    });

    afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

    function install(file: string, says: string): void {
        fs.mkdirSync(path.dirname(path.join(pulumiHome, file)), { recursive: true });
        fs.writeFileSync(path.join(pulumiHome, file), `#!/bin/sh\necho "${says}"\n`, { mode: 0o755 });
    }

    const engineHome = () => path.join(directory, "engine");
    const standIns = (...plugins: (typeof host | typeof kubernetes)[]) =>
        writeEngineHome({ directory: engineHome(), pulumi: process.execPath, plugins, userHome: pulumiHome });
    const called = (plugin: typeof host | typeof kubernetes) =>
        execFileSync(pluginFile(engineHome(), plugin), ["127.0.0.1:1"], { encoding: "utf8" });

    it("is where PULUMI_HOME says, and in the user's folder otherwise", () => {
        assert.equal(userPulumiHome({ PULUMI_HOME: "/opt/pulumi" }), "/opt/pulumi");
        assert.equal(userPulumiHome({ PULUMI_HOME: "" }), path.join(os.homedir(), ".pulumi"));
        assert.equal(userPulumiHome({}), path.join(os.homedir(), ".pulumi"));
    });

    it("is not asked for what is not there", async () => {
        assert.deepEqual(await standIns(host, kubernetes), [host, kubernetes]);
    });

    it("has a provider's real plugin that takes the stand-in's place, of the SDK's version alone", async () => {
        install(`plugins/resource-kubernetes-v0.0.1/${kubernetes}`, "real");
        assert.deepEqual(await standIns(kubernetes), [kubernetes]);
        install(`plugins/resource-kubernetes-v${kubernetesSdk.version}/${kubernetes}`, "real");
        assert.deepEqual(await standIns(kubernetes), []);
        assert.equal(called(kubernetes), "real\n");
    });

    it("has the real language host that takes the stand-in's place, of the SDK's version alone", async () => {
        install(`bin/${host}`, "real host, called with $1");
        assert.deepEqual(await standIns(host), [host], "no CLI says its version");
        install("bin/pulumi", "v3.0.0");
        assert.deepEqual(await standIns(host), [host]);
        install("bin/pulumi", `v${pulumiSdk.version}`);
        assert.deepEqual(await standIns(host), []);
        assert.equal(called(host), "real host, called with 127.0.0.1:1\n");
    });

    it("is not another sandbox, whose shell has set PULUMI_HOME", async () => {
        await writeEngineHome({
            directory: pulumiHome,
            pulumi: process.execPath,
            userHome: path.join(directory, "none"),
        });
        assert.deepEqual(await standIns(host, kubernetes), [host, kubernetes]);
    });

    it("is asked anew at each start", async () => {
        install(`plugins/resource-kubernetes-v${kubernetesSdk.version}/${kubernetes}`, "real");
        assert.deepEqual(await standIns(kubernetes), []);
        fs.rmSync(path.join(pulumiHome, "plugins"), { recursive: true });
        assert.deepEqual(await standIns(kubernetes), [kubernetes]);
    });
});
