import * as assert from "node:assert/strict";
import { bringBack, keepClaims } from "../../../components/recovery/restored-volumes";
import { withoutWaiting } from "../../support/time";

const volumes = { backup: "daily-1", claims: ["valkey/data-valkey-0"] };

/** A cluster whose Velero gets as far as is given, look by look; the API server may fail to answer in between. */
class FakeVelero {
    readonly calls: string[] = [];
    private isAsked = false;

    constructor(
        private readonly phases: (string | Error)[],
        private looksWithoutBackup = 0,
    ) {
        this.isAsked = phases[0] !== "not asked";
    }

    phaseOf(): Promise<string | undefined> {
        if (!this.isAsked) {
            return Promise.resolve(undefined);
        }
        const [phase = "", ...others] = this.phases;
        this.phases.splice(0, this.phases.length, ...(others.length > 0 ? others : [phase]));
        return phase instanceof Error ? Promise.reject(phase) : Promise.resolve(phase);
    }

    hasBackup(): Promise<boolean> {
        return Promise.resolve(this.looksWithoutBackup-- <= 0);
    }

    restore(): Promise<void> {
        this.phases.shift();
        this.isAsked = true;
        return this.called("restore");
    }

    forget(): Promise<void> {
        this.isAsked = false;
        this.phases[0] = "not asked";
        return this.called("forget");
    }

    keep = () => this.called("keep");
    letGo = () => this.called("let go");
    isKept = () => this.called("look").then(() => this.calls.length > 3);

    private called(name: string): Promise<void> {
        this.calls.push(name);
        return Promise.resolve();
    }
}

describe("bringBack", () => {
    async function outcomeOf(velero: FakeVelero, isOver: () => boolean = () => false) {
        const said: string[] = [];
        const following = { say: (line: string) => said.push(line), isOver };
        const error = await withoutWaiting(() => bringBack(velero, volumes, following)).catch((each: Error) => each);
        return { error, said, calls: velero.calls };
    }

    it("asks Velero once it has found the backup, and lets go of the claims when all are there", async () => {
        const { error, calls } = await outcomeOf(new FakeVelero(["not asked", "New", "InProgress", "Completed"], 3));
        assert.equal(error, undefined);
        assert.deepEqual(calls, ["restore", "let go"]);
    });

    it("goes on with what an update had asked that was cut off", async () => {
        assert.deepEqual((await outcomeOf(new FakeVelero(["InProgress", "Completed"]))).calls, ["let go"]);
    });

    it("asks again what fails, and says so", async () => {
        const { error, said } = await outcomeOf(new FakeVelero(["InProgress", new Error("refused"), "Completed"]));
        assert.equal(error, undefined);
        assert.ok(said.includes("refused; asking again"), said.join("\n"));
    });

    it("keeps the claims when Velero cannot, and asks anew the next time", async () => {
        const first = await outcomeOf(new FakeVelero(["InProgress", "PartiallyFailed"]));
        assert.match(String(first.error), /1 volumes of backup daily-1 \(PartiallyFailed\)/);
        assert.deepEqual(first.calls, []);
        const next = await outcomeOf(new FakeVelero(["Failed", "New", "Completed"]));
        assert.deepEqual([next.error, next.calls], [undefined, ["forget", "restore", "let go"]]);
    });

    it("ends with an update that has failed", async () => {
        let looks = 0;
        const { error, calls } = await outcomeOf(new FakeVelero(["InProgress"]), () => looks++ > 2);
        assert.deepEqual([error, calls], [undefined, []]);
    });
});

describe("keepClaims", () => {
    const keep = async (velero: FakeVelero, claims = volumes.claims) => {
        await withoutWaiting(() => keepClaims(velero, { ...volumes, claims }));
        return velero.calls;
    };

    it("waits until the API server refuses them", async () => {
        assert.deepEqual(await keep(new FakeVelero(["not asked"])), ["keep", "look", "look", "look"]);
    });

    it("lets go of them where they are back, and where there are none", async () => {
        assert.deepEqual(await keep(new FakeVelero(["Completed"])), ["let go"]);
        assert.deepEqual(await keep(new FakeVelero(["not asked"]), []), ["let go"]);
    });
});
