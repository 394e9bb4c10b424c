import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { chooseLogin } from "../../components/azure/kubeconfig";
import type { LiveCluster } from "../../components/azure/live-cluster";
import type { FleetPlan } from "../../components/gitops/fleet/fleet-plan";
import type { ManifestTree } from "../../components/gitops/fleet/manifest-tree";
import { Platform } from "../../components/platform";
import { platformArgs } from "../../components/platform-args";
import type { Preflight } from "../../components/preflight/preflight";
import { firstCluster, physicalNames } from "../../components/settings/naming";
import type { Settings } from "../../components/settings/settings";
import { azureMocks, deployer } from "./azure";
import { deploy, type Deployment, type Mock, valueOf } from "./deploy";
import { configuration } from "./fixtures";
import { FluxApi } from "./flux-api";
import { fluxStatus } from "./flux-objects";

/** Head of the stack's branch after the update. */
export const mockCommit = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

export const deployKey = "-----BEGIN OPENSSH PRIVATE KEY-----\ndeploy\n-----END OPENSSH PRIVATE KEY-----\n";

const files: ManifestTree = { "apps/base/kustomization.yaml": "resources: []\n" };

/** A repository that does not exist yet, and everything to write. */
export const newRepository: FleetPlan = {
    exists: false,
    plannedAt: "2026-01-01T00:00:00.000Z",
    changes: [{ path: Object.keys(files)[0] ?? "", kind: "added", addedLines: 1, removedLines: 0, diff: "+resources" }],
    replaced: {},
    knownHosts: "github.com ssh-ed25519 AAAAhost\n",
    problems: [],
    warnings: [],
};

/** What GitHub and the keys' provider compute. */
export const fleetMocks: Record<string, Mock> = {
    "tls:index/privateKey:PrivateKey": () => ({
        privateKeyOpenssh: deployKey,
        publicKeyOpenssh: "ssh-ed25519 AAAAdeploy\n",
    }),
    "github:index/repository:Repository": ({ inputs }) => ({
        id: (inputs as { name: string }).name,
        fullName: `acme/${(inputs as { name: string }).name}`,
        htmlUrl: `https://github.com/acme/${(inputs as { name: string }).name}`,
    }),
    "pulumi-nodejs:dynamic/gitops:FluxReadiness": () => ({ ready: true, status: `2 objects Ready at ${mockCommit}` }),
    "pulumi-nodejs:dynamic/azure:DatabaseOrigin": () => ({
        ...{
            archive: "0123456789abcdef01234567",
            bootstrap: "recovery",
            source: "postgresql-fedcba98-17",
            recoveryTarget: "{}",
        },
    }),
    "pulumi-nodejs:dynamic/gitops:ManifestCommit": () => ({
        commit: mockCommit,
        pullRequestUrl: "https://github.com/acme/fleet/pull/1",
    }),
};

/** What the program found before it made anything: nothing amiss. */
export function preflightOf(settings: Settings, fleet: FleetPlan = newRepository): Preflight {
    const { subscriptionId } = deployer;
    const names = physicalNames({ project: "landfall", stack: settings.stack, subscriptionId }, settings);
    return { deployer, byDeployer: true, names, recoverKeyVault: false, files, fleet, sopsFingerprints: ["AA"] };
}

/** The cluster that a program under test deploys to: an API server that lets everybody in, and Flux ready at COMMIT. */
export class FakeCluster {
    readonly api = new FluxApi();
    private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-program-"));
    private readonly path = process.env.PATH;

    /** Starts it, with a kubelogin on the PATH that logs in anybody. */
    async start(): Promise<void> {
        this.api.objects = fluxStatus(mockCommit);
        const status = { token: "t0ken", expirationTimestamp: "2999-01-01T00:00:00Z" };
        const credential = { apiVersion: "client.authentication.k8s.io/v1beta1", kind: "ExecCredential", status };
        const script = `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`;
        fs.writeFileSync(path.join(this.directory, "kubelogin"), script, { mode: 0o700 });
        process.env.PATH = `${this.directory}${path.delimiter}${this.path ?? ""}`;
        await this.api.start();
    }

    async stop(): Promise<void> {
        process.env.PATH = this.path;
        fs.rmSync(this.directory, { recursive: true });
        await this.api.stop();
    }

    /** Runs the whole program of a committed stack, with settings changed as given, until it is through. */
    async deploy(
        stack: string,
        { changes = {}, fleet = newRepository, preview = false, live }: PlatformOptions = {},
    ): Promise<Deployment<Platform>> {
        const configured = configuration(stack, changes);
        const found = preflightOf(configured.settings, fleet);
        const args = () => platformArgs(configured, found, chooseLogin({}), { [firstCluster]: live });
        const deployment = await deploy(() => new Platform("landfall", args()), this.mocks(), { preview });
        if (!preview) {
            await Promise.all(Object.values(deployment.result.delivery.fluxStatus).map(valueOf));
        }
        return deployment;
    }

    private mocks(): Record<string, Mock> {
        const value = Buffer.from(this.api.kubeconfig()).toString("base64");
        const credentials = "azure-native:containerservice:listManagedClusterUserCredentials";
        return {
            ...azureMocks,
            ...fleetMocks,
            [credentials]: () => ({ kubeconfigs: [{ name: "clusterUser", value }] }),
        };
    }
}

interface PlatformOptions {
    readonly changes?: Record<string, unknown>;
    readonly fleet?: FleetPlan;
    readonly preview?: boolean;
    readonly live?: LiveCluster;
}
