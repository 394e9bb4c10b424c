import * as assert from "node:assert/strict";
import { AzureDeployer } from "../support/azure-deployer";
import { Checkout } from "../support/checkout";
import { KeyOwner } from "../support/key-owner";

const demonstration = "D9422CA59B1CFBE84B84A7A5E92A73F93AE73BE8";
const secret = "clusters/staging/podinfo-credentials.sops.yaml";
const rotateDeployKey = ["--replace", "**PrivateKey::landfall-fleet-deploy-key"];

/** What docs/secrets.md says, step by step in one stack: each key is replaced, then each is lost, then both at once. */
describe("the keys of a stack, in the sandbox", function () {
    this.timeout(600_000);
    const checkout = new Checkout({ systems: [] });
    const owner = new KeyOwner(checkout);
    let token: string;

    before(async () => {
        owner.gpg("--import", "packages/sandbox/keys/demonstration.private.asc");
        await owner.up();
        token = await owner.value("podinfo", "podinfo-credentials", "jwt-secret");
    });
    after(() => checkout.remove());

    const up = (...args: string[]) => checkout.run("pulumi", "up", "--yes", "--skip-preview", ...args);
    const inCluster = () => owner.value("podinfo", "podinfo-credentials", "jwt-secret");
    const applied = /^Applied revision/;

    describe("a new deploy key", () => {
        const warnings = () =>
            owner.kubectl(
                ...["get", "events", "--namespace", "flux-system", "--output", "name"],
                ...["--field-selector", "type=Warning,involvedObject.kind=GitRepository"],
            );

        it("is registered and fetched with before the old one goes", async () => {
            const [old] = owner.deployKeys();
            const watch = owner.watchDeployKeys();
            const { code, output } = await up(...rotateDeployKey);
            const lists = watch.stop();
            assert.equal(code, 0, output);
            const both = lists.filter((keys) => keys.length === 2);
            assert.ok(both.every(([first]) => first?.id === old?.id));
            assert.equal(both[0]?.[1]?.last_used, null);
            assert.ok(both.at(-1)?.[1]?.last_used, "the new key was used while the old one was there");
            const [now, ...others] = owner.deployKeys();
            assert.deepEqual([now?.id, others], [both[0]?.[1]?.id, []]);
            const inUse = await owner.value("flux-system", "flux-system", "identity.pub");
            assert.equal(inUse.trim(), now?.key);
            assert.equal(await warnings(), "", "no fetch failed");
        });

        it("leaves the old one in place when the update fails before the end, until one succeeds", async () => {
            const [old] = owner.deployKeys();
            const restore = checkout.edit("gitops/layers/apps/kustomization.yaml", (text) =>
                text.replace("resources:\n", "resources:\n  - missing.yaml\n"),
            );
            const failed = await up(...rotateDeployKey).finally(restore);
            assert.notEqual(failed.code, 0);
            assert.match(failed.output, /Kustomization flux-system\/apps cannot become ready/);
            assert.match((await checkout.run("pulumi", "stack", "output", "fluxStatus")).output, /^not ready: /);
            assert.deepEqual([owner.deployKeys().length, owner.deployKeys()[0]?.id], [2, old?.id]);
            await owner.up();
            const [now, ...others] = owner.deployKeys();
            assert.ok(now?.id !== old?.id && others.length === 0);
            assert.equal(await warnings(), "", "no fetch failed");
        });
    });

    describe("a new PGP key", () => {
        let next: string;

        it("is refused alone while the files are encrypted to the old one", async () => {
            next = owner.newKey("next");
            await owner.configure(next);
            const output = await owner.refused();
            assert.match(
                output,
                new RegExp(`${secret}: encrypted to ${demonstration}, which neither this stack's key`),
            );
            assert.match(await owner.reconcile("apps"), applied);
        });

        it("is taken beside the old one, and changes nothing for what is encrypted to that", async () => {
            await owner.configure(demonstration, next);
            await owner.up();
            assert.match(await owner.reconcile("canary"), applied);
        });

        it("has every file encrypted to it while the cluster has both, and the old one is not taken away before", async () => {
            await owner.secretSucceeds("", "recipients", "staging");
            await owner.secretSucceeds("", "rotate", "staging");
            await owner.configure(next);
            assert.match(
                await owner.refused(),
                new RegExp(`still reads .*${secret}.*gpg --armor --export-secret-keys ${demonstration} ${next}`),
            );
            await owner.configure(demonstration, next);
            await owner.up();
            await owner.configure(next);
            await owner.up();
            assert.match(await owner.reconcile("apps"), applied);
            assert.equal(await inCluster(), token);
        });
    });

    describe("two ways in", () => {
        it("are refused when a file has one of them alone, naming the file and the key", async () => {
            const before = checkout.read(secret.replace(/^/, "gitops/"));
            await owner.secretSucceeds("", "recipients", "staging", "--stack", "staging");
            const restore = checkout.edit(`gitops/${secret}`, () => before);
            const lacks = new RegExp(
                `gitops/${secret}: is not encrypted to https://\\S+/keys/sops/\\w+, which .sops.yaml`,
            );
            assert.match(await owner.refused(), lacks);
            assert.match((await owner.secret("", "check")).output, lacks);
            restore();
            await owner.up();
        });

        it("leave Key Vault's when the PGP key is lost, which a new one is made from", async () => {
            const [lost = ""] = /\b[0-9A-F]{40}\b/.exec(checkout.read(`gitops/${secret}`)) ?? [];
            owner.forget(lost);
            const found = owner.newKey("found");
            await owner.configure(found);
            const output = await owner.refused();
            assert.match(
                output,
                /one problem.*\n.*clusters\/staging\/decryption-canary-pgp\.sops\.yaml: .* recipients staging writes it again/,
            );
            const stringData = { "sops.asc": owner.gpg("--armor", "--export-secret-keys", found) };
            const patch = ["--type", "merge", "--patch", JSON.stringify({ stringData })];
            await owner.kubectl("patch", "secret", "--namespace", "flux-system", "sops-gpg", ...patch);
            assert.match(await owner.reconcile("apps"), applied, "by Key Vault alone");
            await owner.secretSucceeds("", "recipients", "staging");
            assert.match(await owner.up(), new RegExp(`Key Vault alone decrypts .*${secret}.* does not hold ${lost}`));
            assert.match(await owner.reconcile("apps"), applied);
        });

        it("leave the PGP key when that of Key Vault is lost, and go on without it", async () => {
            const keys = (await checkout.run("pulumi", "stack", "output", "keyVaultKey")).output.trim();
            await new AzureDeployer(checkout.session()).vault("DELETE", keys.replace(/\/[^/]+$/, ""));
            assert.match(await owner.reconcile("apps"), applied);
            assert.match(await owner.reconcile("canary"), /KeyNotFound/);
            const output = await owner.refused();
            assert.match(
                output,
                /one problem.*\n.*clusters\/staging\/decryption-canary-key-vault\.sops\.yaml: .*--without-key-vault/,
            );
            await owner.secretSucceeds("", "recipients", "staging", "--without-key-vault");
            await owner.up();
            assert.match(await owner.reconcile("canary"), applied);
        });
    });

    describe("no way in", () => {
        it("is said plainly: which values are lost, which are not, and how each is made anew", async () => {
            const [lost = ""] = /\b[0-9A-F]{40}\b/.exec(checkout.read(`gitops/${secret}`)) ?? [];
            owner.forget(lost);
            await owner.configure(owner.newKey("last"));
            const output = await owner.refused();
            assert.match(output, new RegExp(`gitops/${secret}: encrypted to ${lost}, which neither`));
            assert.match(output, /these values are lost, and no others: the stack decrypts the other 0/);
            const anew = "npm run secret -- set staging podinfo-credentials jwt-secret --anew";
            assert.ok(output.includes(anew), output);
            const closed = await owner.secret("", "recipients", "staging");
            assert.notEqual(closed.code, 0);
            assert.ok(closed.output.includes(anew), closed.output);
            const commands = [...output.matchAll(/^ +npm run secret -- (set .*)$/gm)].map(
                ([, command = ""]) => command,
            );
            for (const command of commands) {
                const value = anew.endsWith(command) ? await inCluster() : "anew";
                await owner.secretSucceeds(value, ...command.split(" "));
            }
            assert.match(await owner.refused(), new RegExp(`pulumi config set --path 'lostSopsKeys\\[0\\]' ${lost}`));
            checkout.edit("Pulumi.staging.yaml", (text) => `${text.trimEnd()}\n  landfall:lostSopsKeys: [${lost}]\n`);
            await owner.up();
            assert.equal(await inCluster(), token);
        });
    });
});
