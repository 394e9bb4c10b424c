/**
 * Stands in for kind, which needs a container engine: a cluster of the sandbox whose nodes and pods kwok plays. Of the
 * images it knows the names: as in kind's nodes, which have no registry, a pod starts when its image was loaded.
 */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import type { KindCluster } from "./kind-cluster";

const home = process.env.RUNNER_TEMP ?? "";
const folder = path.join(home, "kind");
const startedFile = path.join(folder, "started.json");
const imagesFile = path.join(folder, "images.json");
const logFile = path.join(folder, "log");
const deadlineMs = 120_000;

async function main([command, object, ...args]: readonly string[]): Promise<void> {
    switch (`${command} ${object}`) {
        case "create cluster":
            return create();
        case "load docker-image":
            return load(args[0] ?? "");
        case "delete cluster":
            return remove();
        default:
            throw new Error(`no stand-in for kind ${command} ${object}`);
    }
}

/** Leaves the cluster running, and its kubeconfig in the file that KUBECONFIG names. */
async function create(): Promise<void> {
    if (fs.existsSync(folder)) {
        throw new Error('node(s) already exist for a cluster with the name "kind"');
    }
    fs.mkdirSync(folder);
    const log = fs.openSync(logFile, "w");
    const program = [path.join(__dirname, "kind-cluster.ts"), folder, startedFile];
    const child = spawn(process.execPath, [...process.execArgv, ...program], {
        stdio: ["ignore", log, log],
        detached: true,
    });
    child.unref();
    for (const deadline = Date.now() + deadlineMs; !fs.existsSync(startedFile); await sleep(100)) {
        if (child.exitCode !== null || Date.now() > deadline) {
            child.kill();
            throw new Error(`no cluster: ${fs.readFileSync(logFile, "utf8")}`);
        }
    }
    fs.copyFileSync(started().kubeconfig, process.env.KUBECONFIG ?? "");
    admit([]);
}

function load(image: string): void {
    if (!fs.existsSync(path.join(home, "images", image))) {
        throw new Error(`image: "${image}" not present locally`);
    }
    admit([...(JSON.parse(fs.readFileSync(imagesFile, "utf8")) as string[]), image]);
}

/** Pods of other images than these do not come; what makes them tries again. */
function admit(images: readonly string[]): void {
    fs.writeFileSync(imagesFile, JSON.stringify(images));
    const name = "loaded-images";
    const kinds = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] };
    const expression = `object.spec.containers.all(container, container.image in ${JSON.stringify(images)})`;
    const policy = {
        matchConstraints: { resourceRules: [kinds] },
        validations: [{ expression, message: `the node has the images ${images.join(", ")}` }],
    };
    const objects = [
        { kind: "ValidatingAdmissionPolicy", spec: policy },
        { kind: "ValidatingAdmissionPolicyBinding", spec: { policyName: name, validationActions: ["Deny"] } },
    ].map((object) => ({ apiVersion: "admissionregistration.k8s.io/v1", metadata: { name }, ...object }));
    execFileSync("kubectl", ["apply", "-f", "-"], {
        input: objects.map((object) => stringify(object)).join("---\n"),
        stdio: ["pipe", "ignore", "inherit"],
    });
}

async function remove(): Promise<void> {
    process.kill(started().pid, "SIGTERM");
    for (const deadline = Date.now() + deadlineMs; fs.existsSync(startedFile); await sleep(50)) {
        if (Date.now() > deadline) {
            throw new Error(`the cluster does not end: ${fs.readFileSync(logFile, "utf8")}`);
        }
    }
    fs.rmSync(folder, { recursive: true });
}

function started(): KindCluster {
    return JSON.parse(fs.readFileSync(startedFile, "utf8")) as KindCluster;
}

main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
});
