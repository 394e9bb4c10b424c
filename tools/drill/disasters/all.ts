import * as fs from "node:fs";
import * as path from "node:path";
import { endApiServer } from "../dead-cluster";
import type { Disaster, Rehearsed } from "./disaster";
import { git, kubectl, pulumi, rebuild } from "./fix";
import { expireAuthority, requireAuthority } from "./mesh-authority";
import type { Stage } from "./stage";

const clusters = "2025-09-01";
const identities = "2023-01-31";
const owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const refresh = pulumi("up", "--refresh");

/** Deletes a resource of the state in Azure, behind the program's back. */
function deletes(type: string, name: string, version: string): Rehearsed["strike"] {
    return async (stage) => {
        const { id } = await stage.resource(type, name);
        await stage.azure.arm("DELETE", id, version);
    };
}

async function repositoryPath(stage: Stage): Promise<string> {
    const { outputs } = await stage.resource("Repository", "landfall-fleet");
    return `repos/${String(outputs.fullName)}`;
}

async function versionOfKey(stage: Stage): Promise<string> {
    return String((await stage.resource("Key", "landfall-vault-sops")).outputs.keyUriWithVersion);
}

/** Every disaster, in an order in which each can be rehearsed after the repair of the one before. */
export const disasters: readonly Disaster[] = [
    {
        name: "cluster-deleted",
        title: "The cluster was deleted behind Pulumi's back",
        fix: rebuild(),
        lost: "What workloads wrote since their last backup",
        strike: deletes("ManagedCluster", "landfall-cluster", clusters),
    },
    {
        name: "api-server-dead",
        title: "The API server does not answer",
        fix: rebuild(),
        lost: "What workloads wrote since their last backup",
        strike: async (stage) => endApiServer(await stage.cluster()),
    },
    {
        name: "flux-system-deleted",
        title: "Namespace flux-system was deleted",
        fix: rebuild(),
        lost: "What workloads wrote since their last backup: Flux deletes what it made before it is gone itself",
        strike: async (stage) => {
            await stage.kubectl("delete", "namespace", "flux-system", "--wait=false");
        },
    },
    {
        name: "node-pool-deleted",
        title: "A node pool was deleted",
        fix: refresh,
        lost: "Nothing, once its pods run again",
        strike: deletes("AgentPool", "landfall-cluster-apps", clusters),
    },
    {
        name: "state-lost",
        title: "The state of the stack was lost",
        fix: rebuild("--state-lost"),
        lost: "Nothing; the deploy key is another, since its private half was in the state",
        losesMarks: ["deploy key"],
        strike: (stage) => stage.succeeds("stack", "rm", "--force", "--preserve-config", "--yes"),
    },
    {
        name: "deployer-replaced",
        title: "Somebody else deploys: the deployer left, or its login is gone",
        fix: pulumi("up"),
        lost: "Nothing, once the other has the roles of the first (permissions.md)",
        strike: async (stage) => {
            const other = { ...stage.session.environment, ...stage.session.previewerEnvironment };
            await stage.azure.grant(await stage.azure.objectId(other), owner, stage.azure.subscription);
            stage.deployer = loginOf(other);
        },
    },
    {
        name: "identities-deleted",
        title: "Identities of workloads were deleted",
        fix: refresh,
        lost: "Nothing; the identities come back with other client ids, which the tree is told",
        losesMarks: ["client id of velero"],
        strike: async (stage) => {
            for (const name of ["landfall-velero", "landfall-kustomize-controller"]) {
                await deletes("UserAssignedIdentity", name, identities)(stage);
            }
        },
    },
    {
        name: "deploy-key-revoked",
        title: "The deploy key was revoked",
        fix: refresh,
        lost: "Nothing",
        losesMarks: ["deploy key"],
        strike: async (stage) => {
            const { id } = await stage.resource("RepositoryDeployKey", "landfall-fleet");
            await stage.github.call("DELETE", `${await repositoryPath(stage)}/keys/${id.split(":").at(-1) ?? ""}`);
        },
    },
    {
        name: "app-revoked",
        title: "The key of Flux's GitHub App was revoked",
        lost: "Nothing",
        see: "[secrets.md](secrets.md#rotate): another key of the App",
    },
    {
        name: "history-rewritten",
        title: "The history of the fleet repository was rewritten",
        fix: refresh,
        lost: "Commits that were made on the branch only, unless somebody has a clone",
        losesMarks: ["commit of somebody else"],
        strike: (stage) =>
            stage.commit(async (run) => {
                await run("checkout", "--quiet", "--orphan", "rewritten");
                await run("rm", "-r", "--quiet", "--force", "clusters", "note.md");
                await run("commit", "--quiet", "--allow-empty", "--message", "Rewritten");
                await run("branch", "--force", stage.fleet.branch);
                await run("checkout", "--quiet", stage.fleet.branch);
            }),
    },
    {
        name: "fleet-repository-deleted",
        title: "The fleet repository was deleted",
        fix: refresh,
        lost: "Commits that were made on the branch only, unless somebody has a clone",
        losesMarks: ["commit of somebody else", "deploy key"],
        strike: async (stage) => {
            await stage.github.call("DELETE", await repositoryPath(stage));
        },
    },
    {
        name: "bad-commit",
        title: "A commit breaks a layer",
        fix: git("revert", "--no-edit", "HEAD"),
        lost: "Nothing",
        strike: async (stage) => {
            await stage.commit(async (run, clone) => {
                // A part of the layer, which kustomize can no longer build.
                const file = `clusters/${stage.fleet.branch}/canary/kustomization.yaml`;
                fs.appendFileSync(path.join(clone, file), "patches: [{ path: missing.yaml }]\n");
                await run("commit", "--quiet", "--all", "--message", "Break a layer");
            });
            const failure = await stage.failureOf("canary");
            if (!failure.includes("missing.yaml")) {
                throw new Error(`Flux says something else of the layer: ${failure}`);
            }
        },
    },
    {
        name: "vault-deleted",
        title: "The vault was deleted",
        fix: refresh,
        lost: "Nothing for 90 days: the vault is recovered, with its key; after them the key is lost",
        strike: deletes("Vault", "landfall-vault", "2024-11-01"),
    },
    {
        name: "key-version-disabled",
        title: "The version of the vault's key that the tree is encrypted to was disabled",
        fix: {
            typed: () => "az keyvault key set-attributes --enabled true --id <keyVaultKey>",
            type: async (stage) => {
                await stage.azure.vault("PATCH", await versionOfKey(stage), { attributes: { enabled: true } });
                const refusal = await stage.decryptWithVault();
                if (refusal !== undefined) {
                    throw new Error(refusal);
                }
            },
        },
        lost: "Nothing; what is decrypted already runs on",
        strike: async (stage) => {
            await stage.azure.vault("PATCH", await versionOfKey(stage), { attributes: { enabled: false } });
            if ((await stage.decryptWithVault())?.includes("KeyDisabled") !== true) {
                throw new Error("Flux still decrypts with the version that is disabled");
            }
        },
    },
    {
        name: "pgp-key-deleted",
        title: "The PGP key was deleted in the cluster",
        fix: refresh,
        lost: "Nothing: the stack's configuration has it too",
        strike: async (stage) => {
            await stage.kubectl("delete", "secret", "sops-gpg", "--namespace", "flux-system");
        },
    },
    {
        name: "pgp-key-lost",
        title: "The PGP key was lost everywhere",
        lost: "Nothing that is encrypted to the vault's key too",
        see: "`npm run replace-key -- --stack production` ([secrets.md](secrets.md#a-key-is-lost))",
        test: "test/program/keys.test.ts",
    },
    {
        name: "both-keys-lost",
        title: "The PGP key and the vault's key were lost",
        lost: "Values in Git that the cluster does not have",
        see: "`npm run replace-key -- --stack production --from-cluster --without-key-vault` ([secrets.md](secrets.md#a-key-is-lost))",
        test: "test/program/keys.test.ts",
    },
    {
        name: "mesh-authority-expired",
        title: "The certificate authority of the mesh expired (Linkerd)",
        fix: kubectl("delete", "secret", "--all-namespaces", "--selector", "landfall/authority=mesh"),
        lost: "Calls within the mesh, until its pods are restarted",
        strike: expireAuthority,
        check: requireAuthority,
    },
    {
        name: "mesh-authority-expired-istio",
        title: "The certificate authority of the mesh expired (Istio)",
        lost: "Calls within the mesh, until its pods are restarted",
        see: "`kubectl delete secret istio-ca-secret --namespace istio-system`, then restart istiod",
    },
    {
        name: "region-lost",
        title: "The region of the cluster was lost, and the durable half answers",
        fix: rebuild("--location", "northeurope"),
        lost: "What workloads wrote since their last backup. What of the durable half lies elsewhere: [rebuild.md](rebuild.md#the-region-is-gone)",
        strike: deletes("ManagedCluster", "landfall-cluster", clusters),
        check: async (stage) => {
            const { outputs } = await stage.resource("ManagedCluster", "landfall-cluster");
            if (outputs.location !== "northeurope") {
                throw new Error(`the cluster is in ${String(outputs.location)}`);
            }
        },
    },
    {
        name: "destroy-by-mistake",
        title: "`pulumi destroy` was typed by mistake",
        lost: "Nothing: it is refused before anything is deleted",
        strike: async (stage) => {
            const { code, output } = await stage.pulumi("destroy", "--yes");
            if (code === 0 || !/cannot be deleted\s+because it is protected/.test(output)) {
                throw new Error(`pulumi destroy was not refused:\n${output}`);
            }
        },
    },
    {
        name: "destroy-of-the-cluster-by-mistake",
        title: "`pulumi destroy --exclude-protected` was typed by mistake",
        fix: pulumi("up"),
        lost: "What workloads wrote since their last backup",
        losesMarks: ["deploy key"],
        strike: (stage) => stage.succeeds("destroy", "--exclude-protected", "--yes", "--skip-preview"),
    },
];

/** Azure's SDK, kubelogin and the provider read different names. */
function loginOf({ ARM_CLIENT_ID = "", ARM_CLIENT_SECRET = "" }: Readonly<Record<string, string>>) {
    return {
        ...{ ARM_CLIENT_ID, ARM_CLIENT_SECRET },
        ...{ AZURE_CLIENT_ID: ARM_CLIENT_ID, AZURE_CLIENT_SECRET: ARM_CLIENT_SECRET },
    };
}
