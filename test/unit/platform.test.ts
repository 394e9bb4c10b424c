import * as assert from "node:assert/strict";
import { isSecretInput, isSecretOutput, only, type Registered } from "../support/deploy";
import { placeholderPrivateKey, stacks } from "../support/fixtures";
import { deployKey, FakeCluster } from "../support/platform";

/** Every text in a resource's inputs that the engine would keep and show as it is, with the path to it. */
function* plainTexts(value: unknown, path = ""): Generator<readonly [path: string, text: string]> {
    if (typeof value === "string") {
        yield [path, value];
    } else if (typeof value === "object" && value !== null && !isSecretInput(value)) {
        for (const [key, inner] of Object.entries(value)) {
            yield* plainTexts(inner, `${path}.${key}`);
        }
    }
}

/** What tells two runs of a program apart. */
function summary(resources: readonly Registered[]) {
    const lines = resources.map(({ urn, inputs, dependencies }) => [
        urn,
        // Where a provider gets tokens is another place in each run.
        JSON.stringify({ inputs: { ...inputs, lender: undefined }, dependencies: [...dependencies].sort() }),
    ]);
    return Object.fromEntries(lines) as Record<string, string>;
}

for (const stack of stacks) {
    describe(`the program of ${stack}`, () => {
        const cluster = new FakeCluster();
        // Asked for by most tests, changed by none: one run serves them, since a run takes a second.
        let shared: ReturnType<FakeCluster["deploy"]> | undefined;
        const update = () => (shared ??= cluster.deploy(stack));

        before(() => cluster.start());
        after(() => cluster.stop());

        it("has one root, the platform, and below it every resource has a component for a parent", async () => {
            const { resources } = await update();
            const components = new Set(
                resources.filter(({ type }) => type.startsWith("landfall:")).map(({ urn }) => urn),
            );
            // The type in a URN is preceded by those of the parents, each with a $.
            const roots = resources.filter(({ urn }) => !urn.split("::")[2]?.includes("$"));
            assert.deepEqual(
                roots.map(({ type }) => type),
                ["landfall:azure:Platform"],
            );
            for (const { name, type, parent } of resources.filter((resource) => !roots.includes(resource))) {
                assert.ok(components.has(parent), `${type} ${name}`);
            }
        });

        it("names a provider for everything in the cluster, and for nothing else", async () => {
            const { resources } = await update();
            const provider = only(resources, "pulumi:providers:kubernetes");
            for (const { name, type, provider: reference } of resources) {
                const expected = type.startsWith("kubernetes:") ? `${provider.urn}::${provider.id}` : "";
                assert.equal(reference, expected, `${type} ${name}`);
            }
        });

        it("hands private keys, tokens and kubeconfigs to the engine as secrets, and so all of them", async () => {
            const { resources } = await update();
            const secret = /PRIVATE KEY|current-context|client-key|ghp_|t0ken/;
            for (const { name, type, inputs } of resources) {
                for (const [path, text] of plainTexts(inputs)) {
                    // The dynamic provider's own code, which holds names of variables and no values.
                    if (path !== ".__provider") {
                        assert.doesNotMatch(text, secret, `${type} ${name}${path}`);
                    }
                }
            }
            const all = JSON.stringify(resources.map(({ inputs }) => inputs));
            for (const value of [deployKey, placeholderPrivateKey.trim(), "current-context"]) {
                assert.ok(all.includes(JSON.stringify(value).slice(1, -1)), `nothing gets ${value.slice(0, 30)}`);
            }
        });

        it("shows as outputs what a person needs, and hides the kubeconfig", async () => {
            const { clusters, delivery, foundation } = (await update()).result;
            const aks = clusters.blue!;
            assert.equal(await isSecretOutput(aks.kubeconfig), true);
            const shown = [
                aks.clusterName,
                aks.getCredentials,
                foundation.registry.loginServer,
                foundation.vault.keyUri,
                delivery.repository.htmlUrl,
                delivery.repository.pullRequestUrl,
                delivery.fluxStatus.blue!,
            ];
            assert.deepEqual(await Promise.all(shown.map(isSecretOutput)), Array(shown.length).fill(false));
        });

        it("is the same set of resources in a preview as in an update", async () => {
            const urns = (resources: readonly Registered[]) => resources.map(({ urn }) => urn).sort();
            const preview = await cluster.deploy(stack, { preview: true });
            assert.deepEqual(urns(preview.resources), urns((await update()).resources));
        });

        it("is the same on every run, to the last input", async () => {
            assert.deepEqual(summary((await cluster.deploy(stack)).resources), summary((await update()).resources));
        });

        it("makes nothing that carries over from the other stack", async () => {
            const other = stacks.filter((name) => name !== stack).join();
            for (const { name, type, inputs } of (await update()).resources) {
                for (const [path, text] of plainTexts(inputs)) {
                    assert.ok(!text.includes(other), `${type} ${name}${path}: ${text}`);
                }
            }
        });
    });
}
