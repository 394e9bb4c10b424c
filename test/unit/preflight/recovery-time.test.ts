import * as assert from "node:assert/strict";
import { recoveryTime } from "../../../components/preflight/recovery-time";
import { configuration } from "../../support/fixtures";

const now = new Date("2026-11-27T12:00:00Z");
const answer = (recoverTo: string) =>
    recoveryTime(configuration("staging", { "landfall:recoverTo": recoverTo }).settings, now);

describe("the time that a database comes back to", () => {
    it("is named as long as it is set, with the command that removes it", async () => {
        assert.deepEqual(await answer(""), {});
        const { warnings = [], problems } = await answer("2026-11-27T11:00:00Z");
        assert.equal(problems, undefined);
        assert.equal(warnings[0]?.key, "landfall:recoverTo");
        assert.match(warnings[0]?.message ?? "", /2026-11-27T11:00:00Z.* pulumi config rm --stack staging recoverTo/);
    });

    it("is past, wherever its clock is", async () => {
        const { problems = [] } = await answer("2026-11-27T12:00:01Z");
        assert.match(problems[0]?.message ?? "", /yet to come/);
        assert.equal((await answer("2026-11-27T12:59:59+01:00")).problems, undefined);
        assert.equal((await answer("2026-11-27T11:30:00-01:00")).problems?.length, 1);
    });
});
