import * as assert from "node:assert/strict";
import * as path from "node:path";
import { Stage } from "../../tools/drill/disasters/stage";
import { outages, titleOf } from "../../tools/drill/outages/outage";
import { type Place, rehearse } from "../../tools/drill/outages/rehearse";
import { remains } from "../../tools/drill/remains";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";
import { FullDisk } from "../support/full-disk";
import { forgetInterrupted } from "@landfall/sandbox";

/** Two that an update has to do with for as long as they last. `npm run drill -- outages` takes all. */
const few = ["Azure Resource Manager answers 429", "Entra ID is slow"];
const seconds = 15;

describe("a service that is out of order in the middle of an update", function () {
    const checkout = useCheckout(this, { systems: [] });
    let stage: Stage;
    let place: Place;

    before(async () => {
        keepLayers(checkout, ["canary"]);
        const workspace = { repository: checkout.path("."), directory: checkout.sandbox };
        await checkout.up();
        place = { ...workspace, session: checkout.session() };
        stage = new Stage(workspace, "staging");
    });

    it("loses nothing, and heals by itself or is named and heals with the next update", async () => {
        const chosen = outages.filter((outage) => few.includes(titleOf(outage)));
        assert.equal(chosen.length, few.length);
        for (const outage of chosen) {
            const { healed, seconds: took, requests, said } = await rehearse(stage, place, outage, seconds);
            console.log(`      ${titleOf(outage)}: ${healed}, ${took} s, met ${requests}; ${said.slice(0, 200)}`);
            assert.ok(requests > 0);
        }
    });

    it("does not let a second update of the stack in, which says whose it is", async () => {
        const first = checkout.launch(["pulumi", "up", "--yes", "--skip-preview", "--refresh"]);
        await first.shows(/Updating|Refreshing|pulumi:pulumi:Stack/);
        const { code, output } = await checkout.run("pulumi", "up", "--yes", "--skip-preview");
        assert.equal(code, 1, output);
        assert.match(output, /stack staging is in use by pulumi \(process \d+, since .*\): wait for it, or end it/);
        const { code: ended, output: said } = await first.ended;
        assert.equal(ended, 0, said);
    });

    it("says that the disk of the state is full, and goes on once there is room", async function () {
        if (process.getuid?.() !== 0) {
            console.log("      only root may mount a disk");
            this.skip();
        }
        const disk = new FullDisk(path.join(checkout.sandbox, "pulumi/.pulumi"));
        await stage.kubectl("delete", "configmap", "cluster-vars", "--namespace", "flux-system");
        disk.mount();
        try {
            const { code, output } = await stage.pulumi("up", "--refresh", "--yes", "--skip-preview");
            assert.notEqual(code, 0, output);
            assert.match(output, /no space left on device/);
            disk.clear();
            await stage.succeeds("up", "--refresh", "--yes", "--skip-preview");
        } finally {
            disk.unmount();
        }
        await stage.kubectl("get", "configmap", "cluster-vars", "--namespace", "flux-system");
        // What it had begun to write down when there was no room.
        await forgetInterrupted(place, place.session, "staging");
        assert.deepEqual(await remains(place, place.session, "staging"), []);
    });
});
