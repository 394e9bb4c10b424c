import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { kubelogin } from "../../../components/preflight/kubelogin";

describe("the check of kubelogin", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lf-kubelogin-"));
    const file = path.join(folder, "kubelogin");
    const lines = async (environment: Record<string, string>) =>
        ((await kubelogin(environment)).problems ?? []).map(({ key, message }) => `${key}: ${message}`);

    after(() => fs.rmSync(folder, { recursive: true }));
    afterEach(() => fs.rmSync(file, { force: true }));

    it("finds it in any folder of the PATH, if it can be executed", async () => {
        const environment = { PATH: ["/nowhere", "", folder].join(path.delimiter) };
        fs.writeFileSync(file, "", { mode: 0o600 });
        assert.deepEqual(await lines(environment), [
            "kubelogin: is not on the PATH, and the login to the cluster needs it; install it: az aks install-cli",
        ]);
        fs.chmodSync(file, 0o700);
        assert.deepEqual(await lines(environment), []);
    });

    it("names a login of the Azure provider that kubelogin cannot use", async () => {
        fs.writeFileSync(file, "", { mode: 0o700 });
        const [line] = await lines({ PATH: folder, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "secret" });
        assert.match(line ?? "", /^kubelogin: ARM_OIDC_TOKEN holds a token.* write it to a file/);
    });
});
