import * as assert from "node:assert/strict";
import { waitForAccess } from "../../../../components/gitops/readiness/cluster-access";
import { UserError } from "../../../../components/user-error";
import { withoutWaiting } from "../../../support/time";

const down = new Error("API server https://x.azmk8s.io:443: connect ECONNREFUSED");

describe("waitForAccess", () => {
    /** Asks a cluster that answers one by one, the last answer again and again. */
    async function access(...answers: readonly (boolean | Error)[]) {
        let next = 0;
        const mayInstall = () => {
            const given = answers[Math.min(next++, answers.length - 1)] ?? false;
            return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
        };
        return withoutWaiting(async (waited) => {
            const outcome = await waitForAccess({ mayInstall }).catch((error: Error) => error);
            return { outcome, waited };
        });
    }

    it("ends when Azure lets the role work", async () => {
        const { outcome, waited } = await access(down, false, true);
        assert.equal(outcome, undefined);
        assert.deepEqual(waited, [5, 20]);
    });

    it("names the role, and why, after ten minutes", async () => {
        const { outcome, waited } = await access(false);
        assert.match(String(outcome), /does not allow it.*'Azure Kubernetes Service RBAC Cluster Admin'/);
        assert.ok(waited.length >= 30 && waited.length <= 31);
        assert.match(String((await access(down)).outcome), /ECONNREFUSED.*RBAC Cluster Admin/);
    });

    it("ends at once when the login is not installed", async () => {
        const { outcome, waited } = await access(
            Object.assign(new Error("kubelogin is not on the PATH"), { permanent: true }),
        );
        assert.ok(outcome instanceof UserError);
        assert.match(outcome.message, /kubelogin is not on the PATH/);
        assert.deepEqual(waited, []);
    });
});
