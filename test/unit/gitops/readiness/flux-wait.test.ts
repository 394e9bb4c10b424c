import * as assert from "node:assert/strict";
import type { FluxWaitArgs } from "../../../../components/gitops/readiness/flux-wait";
import { failing, fluxObject, fluxStatus } from "../../../support/flux-objects";
import { handledAt, messageOf, ours, type Poll, readinessOf, wait } from "../../../support/flux-wait";

const theirs = "f00d";
const down = new Error("API server https://landfall.hcp.azmk8s.io:443: connect ECONNREFUSED 127.0.0.1:443");

const layer = (name: string, commit: string, ...conditions: ReturnType<typeof failing>[]) =>
    fluxObject("Kustomization", name, commit, conditions.length > 0 ? { status: { conditions } } : {});
/** A state that lasts for some polls, of two a second. */
const lasting = (polls: number, state: Poll): Poll[] => Array<Poll>(polls).fill(state);
const progressing = layer("apps", ours, failing("Progressing", "reconciling"));

describe("waitForFlux", () => {
    it("ends when everything is Ready at the commit, and asks Flux once to fetch it", async () => {
        const found = await wait([
            fluxStatus("0ld"),
            fluxStatus(ours, progressing),
            fluxStatus(ours, layer("apps", ours)),
        ]);
        const { commit, objects } = readinessOf(found);
        assert.deepEqual([commit, objects.length], [ours, 3]);
        assert.equal(found.polls, 3);
        assert.deepEqual(found.requests, ["GitRepository flux-system"]);
    });

    it("says what it waits for, and says nothing twice", async () => {
        const infra = layer("infra", ours, failing("Progressing", "reconciling"));
        const { progress } = await wait([
            ...lasting(12, fluxStatus(ours, progressing)),
            ...lasting(12, fluxStatus(ours, infra, layer("apps", ours))),
            fluxStatus(ours),
        ]);
        assert.deepEqual(progress, [
            "Flux: 1 of 3 ready; next GitRepository flux-system",
            "Flux: 2 of 3 ready; next Kustomization apps",
            "Flux: 3 of 4 ready; next Kustomization infra",
        ]);
    });

    it("says at most one thing in five seconds", async () => {
        const infra = layer("infra", ours, failing("Progressing", "reconciling"));
        const changing = [fluxStatus(ours, progressing), fluxStatus(ours, infra, layer("apps", ours))];
        const found = await wait([...Array<Poll[]>(20).fill(changing).flat(), fluxStatus(ours)]);
        assert.equal(found.progress.length, 4, `${found.progress.length} lines in ${found.seconds} s`);
    });

    it("stops within seconds at what waiting cannot mend, with the object, its event and the probable cause", async () => {
        const release = fluxObject("HelmRelease", "traefik", ours, {
            status: {
                conditions: [
                    failing("InstallFailed", "Helm install failed for release traefik/traefik"),
                    failing("RetriesExceeded", "Failed to install after 3 attempts", "Stalled", "True"),
                ],
            },
        });
        const event = "values don't meet the specifications of the schema(s) in the following chart(s)";
        const asked: string[][] = [];
        const cluster = {
            lastWarning: (...object: string[]) => {
                asked.push(object);
                return Promise.resolve(event);
            },
        };
        const found = await wait([fluxStatus(ours, release, progressing)], { cluster, timeoutMinutes: 30 });
        assert.equal(
            messageOf(found),
            [
                "HelmRelease flux-system/traefik cannot become ready: InstallFailed: Helm install failed for release traefik/traefik",
                `  last event: ${event}`,
                "  probable cause: the chart refuses these values",
            ].join("\n"),
        );
        assert.deepEqual(asked, [["flux-system", "HelmRelease", "traefik"]]);
        assert.ok(found.seconds < 10, String(found.seconds));
    });

    it("does not stop at a failure that its controller mends within five seconds", async () => {
        const stalled = layer("apps", ours, failing("Stalled", "artifact race", "Stalled", "True"));
        const states = [...lasting(4, fluxStatus(ours, stalled)), fluxStatus(ours)];
        assert.equal(readinessOf(await wait(states)).commit, ours);
    });

    it("names the first object that is not ready when the time is up, and not what waits for it", async () => {
        const infra = layer("infra", ours, failing("HealthCheckFailed", "timeout waiting for: [HelmRelease/x]"));
        const apps = fluxObject("Kustomization", "apps", ours, {
            spec: { dependsOn: [{ name: "infra" }] },
            status: { conditions: [failing("DependencyNotReady", "dependency 'flux-system/infra' is not ready")] },
        });
        const found = await wait([fluxStatus(ours, apps, infra)]);
        assert.match(
            messageOf(found),
            /^Kustomization flux-system\/infra is not ready after 1 minute \(landfall:readyTimeoutMinutes\): HealthCheckFailed/,
        );
        assert.match(messageOf(found), /\n {2}probable cause: what this applies does not become healthy/);
        assert.ok(found.seconds >= 60 && found.seconds < 62, String(found.seconds));
    });

    it("says so when the root Kustomization never came", async () => {
        assert.match(
            messageOf(await wait([[fluxObject("GitRepository", "flux-system", ours)]])),
            /has no Kustomization/,
        );
    });

    it("keeps the failure when its events cannot be read", async () => {
        const cluster = { lastWarning: () => Promise.reject(down) };
        assert.match(
            messageOf(await wait([fluxStatus(ours, progressing)], { cluster })),
            /^Kustomization flux-system\/apps is not ready .*\n {2}last event: not known: API server/,
        );
    });
});

describe("waitForFlux, when questions fail", () => {
    it("asks again, and says so once", async () => {
        const found = await wait([fluxStatus(ours, progressing), ...lasting(12, down), fluxStatus(ours)]);
        assert.equal(readinessOf(found).commit, ours);
        assert.deepEqual(found.progress.slice(1), [`Flux: ${down.message}; asking again`]);
    });

    it("ends with the server's name when the API server is gone until the time is up", async () => {
        const found = await wait([fluxStatus(ours, progressing), down]);
        assert.match(messageOf(found), /^whether Flux is ready is not known after 1 minute .*azmk8s\.io:443: connect/);
        assert.ok(found.seconds >= 60, String(found.seconds));
    });

    it("ends at once with what asking again cannot mend", async () => {
        const found = await wait([
            Object.assign(new Error("API server x: kubelogin is not on the PATH"), { permanent: true }),
        ]);
        assert.match(messageOf(found), /kubelogin is not on the PATH/);
        assert.equal(found.polls, 1);
    });

    it("asks Flux to fetch until it was asked, and then until it has begun", async () => {
        const asked: string[] = [];
        const states = [fluxStatus(ours)];
        const cluster: Partial<FluxWaitArgs["cluster"]> = {
            requestReconciliation: (_kind, _namespace, _name, at) => {
                if (asked.push(at) < 3) {
                    return Promise.reject(down);
                }
                if (asked.length > 3) {
                    states.push(fluxStatus(ours).map((object) => handledAt(object, at)));
                }
                return Promise.resolve();
            },
        };
        const found = await wait(states, { cluster });
        assert.equal(readinessOf(found).commit, ours);
        assert.deepEqual([asked.length, new Set(asked).size], [4, 1]);
        assert.ok(found.seconds > 20 && found.seconds < 25, String(found.seconds));
    });
});

describe("waitForFlux, when somebody pushes meanwhile", () => {
    /** Waits in states with GitHub's answers to whether a commit succeeds ours, the last one again and again. */
    async function pushed(states: readonly Poll[], answers: readonly (boolean | Error)[], timeoutMinutes = 1) {
        const asked: string[] = [];
        const found = await wait(states, {
            timeoutMinutes,
            isSuccessor: (other) => {
                const given = answers[Math.min(asked.push(other), answers.length) - 1] ?? false;
                return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
            },
        });
        return { ...found, asked };
    }

    it("is content with the newer commit, once everything is Ready at it", async () => {
        const behind = fluxStatus(theirs, layer("apps", ours));
        const found = await pushed([fluxStatus(ours, progressing), behind, fluxStatus(theirs)], [true]);
        assert.equal(readinessOf(found).commit, theirs);
        assert.deepEqual(found.asked, [theirs]);
    });

    it("is not content with a commit that ours is not part of, such as the one before", async () => {
        const { asked, ...found } = await pushed([fluxStatus("0ld")], [false]);
        assert.match(
            messageOf(found),
            /^GitRepository flux-system\/flux-system .*at staging@sha1:0ld, waiting for c0ffee/,
        );
        assert.ok(asked.length <= 7, `GitHub was asked ${asked.length} times in a minute`);
    });

    it("asks GitHub again later, whose API may not have seen yet what Flux fetched", async () => {
        assert.equal(readinessOf(await pushed([fluxStatus(theirs)], [false, true])).commit, theirs);
    });

    it("outlives a GitHub that does not answer", async () => {
        const found = await pushed([fluxStatus(theirs)], [new Error("GitHub: 503"), true]);
        assert.equal(readinessOf(found).commit, theirs);
        assert.deepEqual(found.progress, ["Flux: GitHub: 503; asking again"]);
    });

    it("stops at a build that fails at the newer commit", async () => {
        const broken = fluxObject("Kustomization", "apps", theirs, {
            status: {
                conditions: [failing("BuildFailed", "kustomize build failed: accumulating resources")],
                lastAttemptedRevision: `staging@sha1:${theirs}`,
            },
        });
        const found = await pushed([fluxStatus(theirs, broken)], [true], 30);
        assert.match(messageOf(found), /^Kustomization flux-system\/apps cannot become ready: BuildFailed/);
    });
});
