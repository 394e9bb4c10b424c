import * as assert from "node:assert/strict";
import * as path from "node:path";
import { AzureDeployer } from "../../tools/drill/azure-deployer";
import { useCheckout } from "../support/checkout";
import {
    breakApps,
    keyVaultCanary,
    pgpCanary,
    podinfoCredentials,
    podinfoCredentialsName,
} from "../support/checkout-tree";
import { stepsIn } from "../support/engine-steps";
import { KeyOwner } from "../support/key-owner";

const demonstration = "D9422CA59B1CFBE84B84A7A5E92A73F93AE73BE8";
const secret = podinfoCredentials;
const rotateDeployKey = ["--replace", "**PrivateKey::landfall-fleet-deploy-key"];

/** The steps of docs/secrets.md in one stack: each key is replaced, then each is lost, then both at once. */
describe("the keys of a stack", function () {
    const checkout = useCheckout(this, { systems: [] });
    const owner = new KeyOwner(checkout);
    let token: string;

    before(async () => {
        owner.holdDemonstrationKey();
        await owner.up();
        token = await inCluster();
    });

    const up = (...args: string[]) => checkout.run("pulumi", "up", "--yes", "--skip-preview", ...args);
    const inCluster = () => owner.cluster.secret("podinfo", "podinfo-credentials", "jwt-secret");
    const applied = /^Applied revision/;

    describe("a secret variable", () => {
        const taken = () => owner.cluster.secret("podinfo", "dapr-statestore", "password");

        it("stands in the Secrets that take it, and in no other object of their layer", async () => {
            const value = await owner.cluster.secret("flux-system", "secret-vars", "valkey_password");
            assert.ok(value.length >= 32 && !value.startsWith("ENC["), value);
            assert.equal(await taken(), value);
            const others = await owner.cluster.kubectl("get", "deployments,configmaps", "-A", "-o", "yaml");
            assert.match(others, /name: counter/);
            assert.ok(!others.includes(value));
        });

        it("has its new value there when the update that brings it ends", async () => {
            await owner.secretSucceeds("a-new-password", "set", "staging", "secret-vars", "valkey_password");
            await owner.up();
            assert.equal(await taken(), "a-new-password");
        });
    });

    describe("a new deploy key", () => {
        /** Warnings of the source, but for those of a machine that is too busy for a fetch in time. */
        const failedFetches = async () => {
            const warnings = ["--field-selector", "type=Warning,involvedObject.kind=GitRepository"];
            const lines = "jsonpath={range .items[*]}{.message}{'\\n'}{end}";
            const messages = await owner.cluster.kubectl(
                "get",
                "events",
                "-n",
                "flux-system",
                ...warnings,
                "-o",
                lines,
            );
            return messages.split("\n").filter((line) => line !== "" && !/deadline exceeded|timeout/i.test(line));
        };

        it("is registered and fetched with before the old one goes", async () => {
            const [old] = await owner.deployKeys();
            const log = path.join(checkout.directory, "events.json");
            const watch = owner.watchDeployKeys();
            const { code, output } = await up(...rotateDeployKey, `--event-log=${log}`);
            const lists = [...(await watch.stop()), await owner.deployKeys()];
            assert.equal(code, 0, output);
            const steps = stepsIn(log).filter(({ type }) => type.endsWith(":RepositoryDeployKey"));
            assert.deepEqual(
                steps.map(({ op }) => op),
                ["create-replacement", "replace", "delete-replaced"],
            );
            const alone = lists.find((keys) => keys.every(({ id }) => id !== old?.id)) ?? [];
            assert.equal(alone.length, 1, "the new key was there before the old one went");
            assert.ok(alone[0]?.last_used, "the new key was used before the old one went");
            const [now, ...others] = await owner.deployKeys();
            assert.deepEqual([now?.id, others], [alone[0]?.id, []]);
            const inUse = await owner.cluster.secret("flux-system", "flux-system", "identity.pub");
            assert.equal(inUse.trim(), now?.key);
            assert.deepEqual(await failedFetches(), []);
        });

        it("leaves the old one in place when the update fails before the end, until one succeeds", async () => {
            const [old] = await owner.deployKeys();
            const restore = breakApps(checkout);
            const failed = await up(...rotateDeployKey).finally(restore);
            assert.notEqual(failed.code, 0);
            assert.match(failed.output, /Kustomization flux-system\/apps cannot become ready/);
            assert.match(await checkout.output("pulumi", "stack", "output", "fluxStatus"), /^not ready: /);
            const both = await owner.deployKeys();
            assert.deepEqual([both.length, both[0]?.id], [2, old?.id]);
            await owner.up();
            const [now, ...others] = await owner.deployKeys();
            assert.ok(now?.id !== old?.id && others.length === 0);
            assert.deepEqual(await failedFetches(), []);
        });
    });

    describe("a new PGP key", () => {
        let next: string;

        it("is refused as the only key while files are encrypted to the old one", async () => {
            next = owner.newKey("next");
            await owner.configure(next);
            const output = await owner.refused();
            assert.match(
                output,
                new RegExp(`${secret}: encrypted to ${demonstration}, which neither this stack's key`),
            );
            assert.match(await owner.reconcile("apps"), applied);
        });

        it("is accepted beside the old one, whose files Flux still decrypts", async () => {
            await owner.configure(demonstration, next);
            await owner.up();
            assert.match(await owner.reconcile("canary"), applied);
        });

        it("replaces the old one once every file on the branch is encrypted to it, and not before", async () => {
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

    describe("a PGP key and a Key Vault key", () => {
        it("are both needed in every file: the update names the file and the key that it lacks", async () => {
            const before = checkout.read(`gitops/${secret}`);
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

        it("survive the loss of the PGP key: Key Vault decrypts until there is a new one", async () => {
            const [lost = ""] = /\b[0-9A-F]{40}\b/.exec(checkout.read(`gitops/${secret}`)) ?? [];
            owner.forget(lost);
            const found = owner.newKey("found");
            await owner.configure(found);
            const output = await owner.refused();
            assert.match(output, new RegExp(`one problem.*\\n.*${pgpCanary}: .* recipients staging writes it`));
            const stringData = { "sops.asc": owner.gpg("--armor", "--export-secret-keys", found) };
            const patch = ["--type", "merge", "--patch", JSON.stringify({ stringData })];
            await owner.cluster.kubectl("patch", "secret", "--namespace", "flux-system", "sops-gpg", ...patch);
            assert.match(await owner.reconcile("apps"), applied, "by Key Vault alone");
            assert.match(await owner.replaceKey(), new RegExp(`${found}.*it stays`));
            assert.match(await owner.up(), new RegExp(`Key Vault alone decrypts .*${secret}.* does not hold ${lost}`));
            assert.match(await owner.reconcile("apps"), applied);
        });

        it("survive the loss of the Key Vault key: the PGP key decrypts everything", async () => {
            const key = (await checkout.output("pulumi", "stack", "output", "keyVaultKey")).trim();
            await new AzureDeployer(checkout.session()).vault("DELETE", key.replace(/\/[^/]+$/, ""));
            assert.match(await owner.reconcile("apps"), applied);
            assert.match(await owner.reconcile("canary"), /KeyNotFound/);
            const output = await owner.refused();
            assert.match(output, new RegExp(`one problem.*\\n.*${keyVaultCanary}: .*--without-key-vault`));
            await owner.secretSucceeds("", "recipients", "staging", "--without-key-vault");
            await owner.up();
            assert.match(await owner.reconcile("canary"), applied);
        });
    });

    describe("the loss of both keys", () => {
        const fromCluster = ["--from-cluster", "--without-key-vault"];

        it("is mended by one command as long as the cluster has the values", async () => {
            const value = "Pa$$w0rd ${of} $one";
            await owner.secretSucceeds(value, "set", "staging", podinfoCredentialsName, "jwt-secret");
            await owner.up();
            assert.equal(await inCluster(), value, "as it was set");
            const [lost = ""] = /\b[0-9A-F]{40}\b/.exec(checkout.read(`gitops/${secret}`)) ?? [];
            owner.forget(lost);
            await owner.configure(owner.otherKey("unrelated"));
            assert.match(await owner.replaceKey(...fromCluster), new RegExp(`Made the key \\w+ in place of ${lost}`));
            assert.match(checkout.read("Pulumi.staging.yaml"), new RegExp(`landfall:lostSopsKeys: \\[${lost}\\]`));
            assert.match(await owner.replaceKey(...fromCluster), /it stays/, "a second time");
            await owner.up();
            assert.equal(await inCluster(), value);
            checkout.edit("Pulumi.staging.yaml", (text) => text.replace(/^ *landfall:lostSopsKeys:.*\n/m, ""));
            token = value;
        });

        it("is reported with the values that are lost, those that are not, and the command that sets each again", async () => {
            const [lost = ""] = /\b[0-9A-F]{40}\b/.exec(checkout.read(`gitops/${secret}`)) ?? [];
            owner.forget(lost);
            await owner.configure(owner.newKey("last"));
            const output = await owner.refused();
            assert.match(output, new RegExp(`gitops/${secret}: encrypted to ${lost}, which neither`));
            assert.match(output, /these values are lost, and no others: the stack decrypts the other 0/);
            const anew = `npm run secret -- set staging ${podinfoCredentialsName} jwt-secret --anew`;
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
