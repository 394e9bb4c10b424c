import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as kubernetesSdk from "@pulumi/kubernetes/package.json";
import * as pulumiSdk from "@pulumi/pulumi/package.json";
import { writePluginPath } from "../../../plugins/path";
import { linkPlugins, userPulumiHome } from "../../../plugins/pulumi-home";

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

    const standIns = (...plugins: (typeof host | typeof kubernetes)[]) =>
        writePluginPath({ directory: path.join(directory, "path"), plugins, pulumiHome });

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
        assert.ok(
            !fs.existsSync(path.join(directory, "path", kubernetes)),
            "the engine would find it before the real one",
        );
    });

    it("has the real language host that takes the stand-in's place, of the SDK's version alone", async () => {
        install(`bin/${host}`, "real host, called with $1");
        assert.deepEqual(await standIns(host), [host], "no CLI says its version");
        install("bin/pulumi", "v3.0.0");
        assert.deepEqual(await standIns(host), [host]);
        install("bin/pulumi", `v${pulumiSdk.version}`);
        assert.deepEqual(await standIns(host), []);
        const called = execFileSync(path.join(directory, "path", host), ["127.0.0.1:1"], { encoding: "utf8" });
        assert.equal(called, "real host, called with 127.0.0.1:1\n");
    });

    describe("whose plugins the engine finds", () => {
        const engineHome = () => path.join(directory, "engine");
        const found = () => fs.existsSync(path.join(engineHome(), "plugins", "resource-tls-v5.0.0"));

        beforeEach(() => {
            fs.mkdirSync(engineHome());
            install("plugins/resource-tls-v5.0.0/pulumi-resource-tls", "real");
        });

        it("are those of the home that is named now", () => {
            linkPlugins(engineHome(), pulumiHome);
            assert.ok(found());
            linkPlugins(engineHome(), path.join(directory, "another"));
            assert.ok(!found(), "those of a home that was named earlier");
            linkPlugins(engineHome(), pulumiHome);
            linkPlugins(engineHome(), pulumiHome);
            assert.ok(found());
        });

        it("stay where PULUMI_HOME is the engine's own", () => {
            linkPlugins(engineHome(), pulumiHome);
            linkPlugins(engineHome(), `${engineHome()}/`);
            assert.ok(found());
        });

        it("do not take the place of a folder that the engine has itself", () => {
            fs.mkdirSync(path.join(engineHome(), "plugins"));
            linkPlugins(engineHome(), pulumiHome);
            assert.ok(fs.lstatSync(path.join(engineHome(), "plugins")).isDirectory());
        });
    });
});
