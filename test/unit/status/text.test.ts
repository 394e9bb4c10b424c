import * as assert from "node:assert/strict";
import { text } from "../../../tools/status/text/text";
import { recorded, statusOf } from "../../support/observations";

/** What colours and cursors are made of. */
const escape = "\u001b[";

describe("the text of a status", () => {
    const shown = (name: Parameters<typeof recorded>[0]) => text(statusOf(recorded(name)), false);

    for (const name of ["coming-up", "healthy", "broken"] as const) {
        it(`fits 100 columns, but for what is to be copied: ${name}`, () => {
            const long = shown(name)
                .split("\n")
                .filter((line) => line.length > 100 && !line.startsWith("  type "));
            assert.deepEqual(long, []);
        });
    }

    it("fits one screen of 50 lines when nothing is wrong", () => {
        assert.ok(shown("healthy").split("\n").length <= 50, shown("healthy"));
    });

    it("says first how the stack is", () => {
        assert.match(shown("healthy"), /^Stack staging: healthy {2,}2026-11-27 [\d:]{8} UTC\n/);
        assert.match(shown("coming-up"), /^Stack staging: 10 of 14 layers ready, next observability /);
        assert.match(shown("broken"), /^Stack staging: 1 error, 1 warning /);
    });

    it("says what is wrong before everything else, with its cause and what to type", () => {
        const [problem = "", , rest = ""] = shown("broken").split("\n\n").slice(1);
        assert.match(problem, /^✗ OCIRepository flux-system\/traefik\n {2}failed to determine artifact digest: GET/);
        assert.match(problem, /\n {2}cause {7}the chart, or this version of it, does not exist at its registry\n/);
        assert.match(problem, /\n {2}type {8}kubectl describe ocirepository -n flux-system traefik\n/);
        assert.equal(rest, "");
    });

    it("says what waits for what", () => {
        assert.match(shown("coming-up"), /\n +system waits for observability\n/);
    });

    it("has a line for what is not known", () => {
        assert.match(shown("coming-up"), /\n +PostgreSQL: not known: CloudNativePG is not in the cluster yet\n/);
    });

    it("has colours only where it is told to", () => {
        assert.ok(!shown("broken").includes(escape));
        assert.ok(text(statusOf(recorded("broken")), true).includes(escape));
    });
});
