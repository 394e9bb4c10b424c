import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { FleetRepository, type FleetRepositoryArgs } from "../../../../components/gitops/fleet/fleet-repository";
import { all, dependsOn, deploy, isSecretOutput, only, valueOf } from "../../../support/deploy";
import { newAppKey } from "../../../support/github-app";
import { deployKey, fleetMocks, mockCommit, newRepository } from "../../../support/platform";

const types = {
    repository: "github:index/repository:Repository",
    deployKey: "github:index/repositoryDeployKey:RepositoryDeployKey",
    commit: "pulumi-nodejs:dynamic/gitops:ManifestCommit",
};

const existing = { ...newRepository, exists: true, head: "0ld" };

function fleet(changes: Partial<FleetRepositoryArgs> = {}) {
    const program = () =>
        new FleetRepository("fleet", {
            repository: { owner: "acme", name: "fleet" },
            branch: "staging",
            stack: "staging",
            commitMode: "direct",
            visibility: "private",
            files: { "a.yaml": "a: 1\n" },
            plan: newRepository,
            imageAutomation: false,
            protect: true,
            ...changes,
        });
    return deploy(program, fleetMocks);
}

describe("FleetRepository", () => {
    it("makes a private repository that does not exist yet", async () => {
        const repository = only((await fleet()).resources, types.repository);
        assert.equal(repository.inputs.name, "fleet");
        assert.equal(repository.inputs.visibility, "private");
        assert.equal(repository.importId, "");
    });

    it("takes another name for another repository, with a key of its own", async () => {
        const { resources } = await fleet();
        assert.deepEqual(only(resources, types.repository).replaceOnChanges, ["name"]);
        const key = (of: typeof resources) => only(of, "tls:index/privateKey:PrivateKey").replacementTrigger;
        const other = await fleet({ repository: { owner: "acme", name: "navy" } });
        assert.notDeepEqual(key(other.resources), key(resources));
    });

    it("makes the repository as visible as is allowed", async () => {
        const repository = only((await fleet({ visibility: "internal" })).resources, types.repository);
        assert.equal(repository.inputs.visibility, "internal");
    });

    it("adopts one that exists, and leaves its settings to its owner", async () => {
        const repository = only((await fleet({ plan: existing })).resources, types.repository);
        assert.equal(repository.importId, "fleet");
        const settings = Object.keys(repository.inputs).filter((key) => key !== "name");
        assert.deepEqual([...repository.ignoreChanges].sort(), settings.sort());
    });

    it("keeps repository and tree on destroy, and protects the repository unless protection is off", async () => {
        for (const protect of [true, false]) {
            const { resources } = await fleet({ protect });
            const repository = only(resources, types.repository);
            assert.deepEqual([repository.protect, repository.retainOnDelete], [protect, true]);
            assert.equal(only(resources, types.commit).retainOnDelete, true);
        }
    });

    it("gives Flux another key where it may commit new image versions: one that writes", async () => {
        const { resources } = await fleet({ imageAutomation: true });
        assert.equal(only(resources, types.deployKey).inputs.readOnly, false);
        const trigger = (of: typeof resources) => only(of, "tls:index/privateKey:PrivateKey").replacementTrigger;
        assert.notDeepEqual(trigger(resources), trigger((await fleet()).resources));
    });

    it("registers a key that may only read, without the newline that GitHub drops", async () => {
        const { resources } = await fleet();
        const { inputs } = only(resources, types.deployKey);
        assert.equal(inputs.readOnly, true);
        assert.equal(inputs.key, "ssh-ed25519 AAAAdeploy");
        assert.equal(inputs.repository, "fleet");
        assert.equal(only(resources, "tls:index/privateKey:PrivateKey").inputs.algorithm, "ED25519");
    });

    it("has the engine delete an old key last", async () => {
        const { resources } = await fleet();
        for (const type of ["tls:index/privateKey:PrivateKey", types.deployKey]) {
            assert.equal(only(resources, type).deleteBeforeReplace, false, type);
        }
    });

    it("gives Flux an address that it understands, the private key and GitHub's host keys", async () => {
        const { access } = (await fleet()).result;
        assert.equal(await valueOf(access.url), "ssh://git@github.com/acme/fleet.git");
        assert.deepEqual(await valueOf(access.credentials), {
            identity: deployKey,
            "identity.pub": "ssh-ed25519 AAAAdeploy\n",
            known_hosts: newRepository.knownHosts,
        });
        assert.equal(await isSecretOutput(access.credentials), true);
        assert.deepEqual([access.branch, access.provider], ["staging", "generic"]);
        assert.equal(await valueOf(access.publicKey), "ssh-ed25519 AAAAdeploy");
    });

    it("gives Flux the login of its GitHub App in the place of a key, as Flux names it", async () => {
        const { privateKey, publicKey } = newAppKey();
        const { resources, result } = await fleet({ fluxApp: { id: "12", installationId: "34", privateKey } });
        assert.deepEqual(
            [...all(resources, types.deployKey), ...all(resources, "tls:index/privateKey:PrivateKey")],
            [],
        );
        const { access } = result;
        assert.equal(await valueOf(access.url), "https://github.com/acme/fleet.git");
        assert.deepEqual(await valueOf(access.credentials), {
            githubAppID: "12",
            githubAppInstallationID: "34",
            githubAppPrivateKey: privateKey,
        });
        assert.equal(await isSecretOutput(access.credentials), true);
        assert.equal(access.provider, "github");
        assert.equal(await valueOf(access.publicKey), publicKey);
    });

    it("writes the tree to the stack's branch once there is a repository", async () => {
        const { resources } = await fleet({ commitMode: "pullRequest" });
        const commit = only(resources, types.commit);
        assert.ok(dependsOn(commit, only(resources, types.repository)));
        assert.deepEqual(commit.inputs.repository, { owner: "acme", name: "fleet" });
        assert.deepEqual([commit.inputs.branch, commit.inputs.mode], ["staging", "pullRequest"]);
        assert.deepEqual(commit.inputs.changes, { "apps/base/kustomization.yaml": "added (+1 -0)" });
    });

    it("has the tree in an asset, of which previews show the hash alone", async () => {
        const { tree } = only((await fleet()).resources, types.commit).inputs;
        assert.ok(pulumi.asset.Asset.isInstance(tree));
        assert.equal(await (tree as pulumi.asset.StringAsset).text, '{"a.yaml":"a: 1\\n"}');
    });

    it("is at the commit of this update, with its pull request", async () => {
        const { commit, pullRequestUrl, htmlUrl } = (await fleet({ plan: existing })).result;
        assert.equal(await valueOf(commit), mockCommit);
        assert.equal(await valueOf(pullRequestUrl), "https://github.com/acme/fleet/pull/1");
        assert.equal(await valueOf(htmlUrl), "https://github.com/acme/fleet");
    });

    it("is at the branch's head when there is nothing to change, and has no pull request then", async () => {
        const { commit, pullRequestUrl } = (await fleet({ plan: { ...existing, changes: [] } })).result;
        assert.equal(await valueOf(commit), "0ld");
        assert.equal(await valueOf(pullRequestUrl), "");
    });

    it("gives everything a parent", async () => {
        const { resources } = await fleet();
        const component = only(resources, "landfall:gitops:FleetRepository");
        const children = resources.filter((resource) => resource !== component);
        assert.deepEqual(new Set(children.map(({ parent }) => parent)), new Set([component.urn]));
        assert.equal(all(resources, types.commit).length, 1);
    });
});
