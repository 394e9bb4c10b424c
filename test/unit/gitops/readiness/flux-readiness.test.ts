import * as assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { FluxReadiness } from "../../../../components/gitops/readiness/flux-readiness";
import { UserError } from "../../../../components/user-error";
import { deploy, isSecretInput, isSecretOutput, only, valueOf } from "../../../support/deploy";
import { FluxApi } from "../../../support/flux-api";
import { failing, fluxObject, fluxStatus } from "../../../support/flux-objects";
import { answeringGitHub } from "../../../support/github-answers";
import { serializedProvider } from "../../../support/serialized-provider";
import { withoutWaiting } from "../../../support/time";

const type = "pulumi-nodejs:dynamic/gitops:FluxReadiness";
const commit = "c0ffee";

const args = {
    kubeconfig: "kubeconfig",
    clusterUid: "uid",
    repository: { owner: "acme", name: "fleet" },
    branch: "staging",
    commit,
    variables: { domain: "a.example.com" },
    keys: ["ssh-ed25519 AAAA", "AA"],
    timeoutMinutes: 1,
};

type Inputs = typeof args;
type Outputs = Partial<Inputs> & { readonly ready: boolean; readonly status: string };

const stalled = fluxObject("HelmRelease", "traefik", commit, {
    status: { conditions: [failing("InstallFailed", "no"), failing("RetriesExceeded", "no", "Stalled", "True")] },
});

describe("FluxReadiness", () => {
    const api = new FluxApi();
    let provider: pulumi.dynamic.ResourceProvider<Inputs>;
    let printed: string[];
    const { log } = console;

    before(async () => {
        await api.start();
        provider = await serializedProvider(() => new FluxReadiness("flux", args));
    });
    after(() => api.stop());

    beforeEach(() => {
        api.objects = fluxStatus(commit);
        api.refusal = undefined;
        api.requests.length = 0;
        printed = [];
        console.log = (line: string) => void printed.push(line);
    });
    afterEach(() => {
        console.log = log;
    });

    const inputs = (over: Partial<Inputs> = {}): Inputs => ({
        ...args,
        kubeconfig: api.kubeconfig({ token: "t0ken" }),
        ...over,
    });
    const outputs = async (over: Partial<Inputs> = {}): Promise<Outputs> => {
        const created: { readonly outs?: unknown } = await answeringGitHub(
            ({ path }) =>
                path.includes("/compare/") ? { body: { status: "ahead" } } : { body: { object: { sha: "f00d" } } },
            () => withoutWaiting(() => provider.create(inputs(over))),
        );
        return created.outs as Outputs;
    };
    const changes = async (olds: Outputs, news: Inputs) => (await provider.diff?.("uid", olds, news))?.changes;

    it("waits until everything is Ready, and keeps what it waited for, but not the kubeconfig", async () => {
        const { variables, keys, clusterUid } = args;
        assert.deepEqual(await outputs(), {
            ...{ clusterUid, commit, variables, keys, ready: true },
            status: `2 objects Ready at ${commit}`,
        });
        assert.ok(api.requests.some(({ request }) => request.startsWith("PATCH ")));
    });

    it("accepts what somebody pushed on top of its commit meanwhile, and is at that then", async () => {
        api.objects = fluxStatus("f00d");
        const { commit, status } = await outputs();
        assert.deepEqual([commit, status], ["f00d", "2 objects Ready at f00d"]);
    });

    it("says what is not ready, and is made all the same", async () => {
        api.objects = fluxStatus(commit, stalled);
        api.warnings = [{ message: "field is immutable", lastTimestamp: "2026-01-01T00:00:00Z" }];
        const { ready, status } = await outputs();
        assert.equal(ready, false);
        assert.match(status, /^not ready: HelmRelease flux-system\/traefik cannot become ready: InstallFailed: no/);
        assert.match(status, /\n {2}last event: field is immutable\n {2}probable cause: Kubernetes does not change/);
        assert.match(printed[0] ?? "", /^Flux: \d of 3 ready; next /);
    });

    describe("in an update", () => {
        it("does not change while everything is Ready, whatever the login, and asks Flux for nothing", async () => {
            const olds = await outputs();
            api.requests.length = 0;
            assert.equal(await changes(olds, inputs({ kubeconfig: api.kubeconfig({ token: "other" }) })), false);
            assert.ok(api.requests.length > 0 && api.requests.every(({ request }) => request.startsWith("GET ")));
        });

        it("waits again for another commit, cluster, variable or key", async () => {
            const olds = await outputs();
            for (const over of [
                { commit: "other" },
                { clusterUid: "other" },
                { variables: { domain: "b.example.com" } },
                { keys: ["ssh-ed25519 BBBB", "AA"] },
            ]) {
                assert.equal(await changes(olds, inputs(over)), true, JSON.stringify(over));
            }
        });

        it("waits again after a wait that failed, though nothing has changed", async () => {
            const olds = { ...(await outputs()), ready: false };
            assert.equal(await changes(olds, inputs()), true);
        });

        it("waits again when something is not Ready any more, and says what", async () => {
            const olds = await outputs();
            printed = [];
            api.objects = fluxStatus(commit, stalled);
            assert.equal(await changes(olds, inputs()), true);
            assert.deepEqual(printed, ["Flux: 2 of 3 ready; next HelmRelease traefik"]);
        });

        it("waits again when the cluster does not answer, and says why", async () => {
            const olds = await outputs();
            printed = [];
            api.refusal = { status: 403, body: { message: "no access" } };
            assert.equal(await changes(olds, inputs()), true);
            assert.match(printed[0] ?? "", /^Flux: API server .*: 403 no access/);
        });
    });

    it("has nothing that a refresh reads, so a refresh does not wait", () => {
        assert.equal(provider.read, undefined);
    });

    it("hands the kubeconfig to the engine as a secret, and shows its status", async () => {
        const { resources, result } = await deploy(() => new FluxReadiness("flux", args), {
            [type]: () => ({ ready: true, status: "2 objects Ready" }),
        });
        assert.ok(isSecretInput(only(resources, type).inputs.kubeconfig));
        assert.equal(await isSecretOutput(result.status), false);
    });

    it("fails the program when Flux is not ready, and leaves the outputs known", async () => {
        const { failures, result } = await unhandled(() =>
            deploy(() => new FluxReadiness("flux", args), { [type]: () => ({ ready: false, status: "not ready: x" }) }),
        );
        assert.deepEqual(
            failures.map((error) => [error instanceof UserError, (error as Error).message]),
            [[true, "not ready: x"]],
        );
        assert.equal(await valueOf(result.result.status), "not ready: x");
    });
});

/** What a program leaves unhandled, which fails it in the language host. */
async function unhandled<T>(run: () => Promise<T>): Promise<{ readonly failures: unknown[]; readonly result: T }> {
    const listeners = process.listeners("unhandledRejection");
    // One error goes through several promises; the language host shows it once.
    const failures = new Set<unknown>();
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (error) => failures.add(error));
    try {
        const result = await run();
        await new Promise((resolve) => setImmediate(resolve));
        return { failures: [...failures], result };
    } finally {
        process.removeAllListeners("unhandledRejection");
        listeners.forEach((listener) => process.on("unhandledRejection", listener));
    }
}
