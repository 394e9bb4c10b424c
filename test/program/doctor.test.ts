import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { useCheckout } from "../support/checkout";
import type { Run } from "../support/command";

const stackFile = "Pulumi.staging.yaml";

describe("npm run doctor", function () {
    const checkout = useCheckout(this);
    let refused: Run;
    let sick: Run;

    /** The command as a user types it, beside a sandbox that runs. */
    const doctor = (...args: string[]) =>
        checkout.run("exec", "node", "tools/setup.mjs", "tools/doctor/cli.ts", ...args);

    before("starts a sandbox with a stack file that Azure would refuse, and asks the doctor", async () => {
        const restore = checkout.edit(stackFile, (text) =>
            text
                .replace("azure-native:location: westeurope", "azure-native:location: polandcentral")
                .replace("landfall:backupRedundancy: LRS", "landfall:backupRedundancy: GZRS")
                .replace("vmSize: Standard_D4ds_v5", "vmSize: Standard_M128s")
                .replace(/vmSize: Standard_D2ds_v5\n( +)minCount: 1\n +maxCount: 3/, (found, indent: string) =>
                    found.replace("minCount: 1", "minCount: 60").replace(/ +maxCount: 3/, `${indent}maxCount: 60`),
                ),
        );
        refused = await checkout.start("staging");
        sick = await doctor("--stack", "staging", "--sandbox");
        restore();
    });

    const problems = [
        /landfall:systemPool: the pools need 120 vCPUs more of "Standard DDSv5 Family vCPUs" in polandcentral, but 0 of 100 .*az quota create/,
        /landfall:userPools\.apps\.vmSize: polandcentral does not offer Standard_M128s; .*az vm list-skus/,
        /landfall:backupRedundancy: polandcentral has no storage accounts of GZRS; write LRS or ZRS/,
    ];

    for (const [title, run] of [
        ["an update lists", () => refused],
        ["the doctor lists", () => sick],
    ] as const) {
        it(`${title} all that Azure would refuse, at once, and changes nothing`, () => {
            const { code, output } = run();
            assert.equal(code, 1, output);
            problems.forEach((problem) => assert.match(output, problem));
            assert.match(output, /3 problems, and nothing was changed/);
        });
    }

    it("has a line for each check, sound or not", () => {
        for (const line of [
            "ok         settings",
            "ok         tree",
            "ok         fleet repository",
            "ok         services of the subscription",
            "ok         rights of the deployer",
            "problem    vCPU quota",
            "problem    VM sizes and zones",
            "ok         Kubernetes version",
            "problem    redundancy of the backups",
            "ok         policies",
            "ok         names in Azure",
            "ok         login to the cluster",
        ]) {
            assert.ok(sick.stdout.split("\n").includes(line), `${line}\n${sick.output}`);
        }
    });

    it("finds nothing wrong with the stack as committed", async () => {
        const { code, output } = await doctor("--stack", "staging", "--sandbox");
        assert.equal(code, 0, output);
        assert.match(output, /Nothing that is known stands in the way of stack staging\./);
        assert.doesNotMatch(output, /^(problem|warning|not known)/m);
    });

    it("knows a stack before it exists, and says what it does not know", async () => {
        const { code, output } = await doctor("--stack", "staging");
        assert.equal(code, 1, output);
        assert.match(output, /problem {4}settings\n +landfall:sopsPgpPrivateKey: is not set; set the key/);
        assert.match(output, /^ok +vCPU quota$/m);
        assert.match(output, /^One problem, and nothing was changed/m);
    });

    it("is what npm run init names next, which takes what Azure and GitHub say as its answers", async () => {
        const { ARM_SUBSCRIPTION_ID, ARM_TENANT_ID } = checkout.session().environment;
        const before = checkout.read(stackFile);
        const command = ["exec", "node", "tools/setup.mjs", "tools/init/cli.ts", "--domain", "k8s.acme.example"];
        const GNUPGHOME = path.join(checkout.directory, "g");
        fs.mkdirSync(GNUPGHOME, { mode: 0o700 });
        const run = checkout.launch([...command, "--repository", "acme/platform"], { environment: { GNUPGHOME } });
        const { code, output } = await run.ended;
        assert.equal(code, 0, output);
        assert.match(output, /Next, .*\n {2}npm run doctor -- --stack staging/);
        const deploy = checkout.read("Pulumi.staging.deploy.yaml");
        assert.ok(deploy.includes(`subscriptionId: ${ARM_SUBSCRIPTION_ID}`), deploy);
        assert.ok(deploy.includes(`tenantId: ${ARM_TENANT_ID}`), deploy);
        const changed = before
            .replace("github:owner: landfall-example", "github:owner: sandbox-bot")
            .replace("staging.landfall.example", "k8s.acme.example")
            .replace("landfall-example/apps", '""');
        assert.equal(checkout.read(stackFile), changed);
    });

    it("names the stacks that there are", async () => {
        const { code, output } = await doctor("--stack", "nosuch");
        assert.equal(code, 1, output);
        assert.match(output, /--stack nosuch: there is no Pulumi\.nosuch\.yaml; stacks are production, staging/);
    });
});
