import { endApiServer } from "../dead-cluster";
import type { Disaster } from "./disaster";
import type { Stage } from "./stage";

const clusters = "2025-09-01";
const identities = "2023-01-31";
const refresh = { tool: "pulumi", args: ["up", "--refresh"] } as const;

/** Deletes a resource of the state in Azure, behind the program's back. */
function deletes(type: string, name: string, version: string): Disaster["strike"] {
    return async (stage) => {
        const { id } = await stage.resource(type, name);
        await stage.azure.arm("DELETE", id, version);
    };
}

async function repositoryPath(stage: Stage): Promise<string> {
    const { outputs } = await stage.resource("Repository", "landfall-fleet");
    return `repos/${String(outputs.fullName)}`;
}

/** Every disaster that can be rehearsed on one stack, each after the repair of the one before. */
export const disasters: readonly Disaster[] = [
    {
        name: "cluster-deleted",
        title: "The cluster was deleted behind Pulumi's back",
        fix: { tool: "rebuild" },
        lost: "What workloads wrote since their last backup",
        strike: deletes("ManagedCluster", "landfall-cluster", clusters),
    },
    {
        name: "api-server-dead",
        title: "The API server does not answer",
        fix: { tool: "rebuild" },
        lost: "What workloads wrote since their last backup",
        strike: async (stage) => endApiServer(await stage.cluster()),
    },
    {
        name: "flux-system-deleted",
        title: "Namespace flux-system was deleted",
        fix: { tool: "rebuild" },
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
        name: "history-rewritten",
        title: "The history of the fleet repository was rewritten",
        fix: refresh,
        lost: "Commits that were made on the branch only, unless somebody has a clone",
        losesMarks: ["commit of somebody else"],
        strike: (stage) =>
            stage.commit(async (git) => {
                await git("checkout", "--quiet", "--orphan", "rewritten");
                await git("rm", "-r", "--quiet", "--force", "clusters", "note.md");
                await git("commit", "--quiet", "--allow-empty", "--message", "Rewritten");
                await git("branch", "--force", stage.fleet.branch);
                await git("checkout", "--quiet", stage.fleet.branch);
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
        fix: { tool: "git", args: ["revert", "--no-edit", "HEAD"] },
        lost: "Nothing",
        strike: (stage) =>
            stage.commit(async (git) => {
                // The layer has a folder in the environment, which kustomize can no longer build.
                await git("rm", "--quiet", `clusters/${stage.fleet.branch}/canary/kustomization.yaml`);
                await git("commit", "--quiet", "--message", "Break a layer");
            }),
    },
    {
        name: "vault-deleted",
        title: "The vault was deleted",
        fix: refresh,
        lost: "Nothing for 90 days: the vault is recovered, with its key; after them the key is lost",
        strike: deletes("Vault", "landfall-vault", "2024-11-01"),
    },
    {
        name: "destroy-by-mistake",
        title: "pulumi destroy was typed by mistake",
        fix: { tool: "none" },
        lost: "Nothing: it is refused before anything is deleted",
        strike: async (stage) => {
            const { code, output } = await stage.pulumi("destroy", "--yes");
            if (code === 0 || !/cannot be deleted\s+because it is protected/.test(output)) {
                throw new Error(`pulumi destroy was not refused:\n${output}`);
            }
        },
    },
];
