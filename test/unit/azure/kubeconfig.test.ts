import * as assert from "node:assert/strict";
import { parse } from "yaml";
import { chooseLogin, type KubeLogin, rewriteKubeconfig } from "../../../components/azure/kubeconfig";
import { aksKubeconfig } from "../../support/azure";

const server = ["--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630"];
const tenant = ["--tenant-id", "99999999-8888-7777-6666-555555555555"];
const environment = ["--environment", "AzurePublicCloud"];

interface Kubeconfig {
    readonly clusters: unknown;
    readonly contexts: unknown;
    readonly users: readonly { readonly user: { readonly exec: Record<string, unknown> } }[];
}

function argsOf(login: KubeLogin): unknown {
    return (parse(rewriteKubeconfig(aksKubeconfig, login)) as Kubeconfig).users[0]?.user.exec.args;
}

describe("rewriteKubeconfig", () => {
    it("logs in as a service principal whose secret it does not hold", () => {
        const login = chooseLogin({ ARM_CLIENT_ID: "client", ARM_CLIENT_SECRET: "hunter2" });
        const start = ["get-token", "--login", "spn"];
        assert.deepEqual(argsOf(login), [...start, ...environment, ...server, ...tenant, "--use-azurerm-env-vars"]);
        assert.doesNotMatch(rewriteKubeconfig(aksKubeconfig, login), /hunter2/);
    });

    it("logs in with the Azure CLI, in the tenant that it is logged in to", () => {
        assert.deepEqual(argsOf(chooseLogin({})), ["get-token", "--login", "azurecli", ...server]);
    });

    it("never keeps the client id that AKS writes, which is that of device codes", () => {
        for (const env of [{}, { AZURE_CLIENT_SECRET: "x" }, { AZURE_FEDERATED_TOKEN_FILE: "/token" }]) {
            const text = rewriteKubeconfig(aksKubeconfig, chooseLogin(env));
            assert.doesNotMatch(text, /80faf920|devicecode/);
        }
    });

    it("keeps everything else, a proxy among it", () => {
        const before = parse(aksKubeconfig) as Kubeconfig;
        const after = parse(rewriteKubeconfig(aksKubeconfig, chooseLogin({}))) as Kubeconfig;
        assert.deepEqual([after.clusters, after.contexts], [before.clusters, before.contexts]);
        const execOf = ({ users: [entry] }: Kubeconfig) => ({ ...entry?.user.exec, args: undefined });
        assert.deepEqual(execOf(after), execOf(before));
    });

    it("refuses a kubeconfig without kubelogin, as a cluster without Entra ID has", () => {
        const token = "users: [{ name: admin, user: { token: secret } }]";
        assert.throws(() => rewriteKubeconfig(token, chooseLogin({})), /no user that logs in through kubelogin/);
    });
});

describe("chooseLogin", () => {
    const github = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://token", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" };
    const cases: readonly [string, Record<string, string>, string, readonly string[]][] = [
        ["the Azure CLI where nothing is set", {}, "azurecli", []],
        ["a secret of ARM_ variables", { ARM_CLIENT_SECRET: "s" }, "spn", ["--use-azurerm-env-vars"]],
        ["a certificate of ARM_ variables", { ARM_CLIENT_CERTIFICATE_PATH: "p" }, "spn", ["--use-azurerm-env-vars"]],
        ["a secret of AZURE_ variables", { AZURE_CLIENT_SECRET: "s" }, "spn", []],
        [
            "GitHub's own tokens",
            { ARM_USE_OIDC: "true", ARM_CLIENT_ID: "c", ...github },
            "workloadidentity",
            ["--use-azurerm-env-vars"],
        ],
        [
            "GitHub's own tokens with AZURE_ variables",
            { ARM_USE_OIDC: "true", AZURE_CLIENT_ID: "c", ...github },
            "workloadidentity",
            [],
        ],
        ["a managed identity", { ARM_USE_MSI: "true" }, "msi", []],
        ["the Azure CLI in a GitHub job that does not ask for OIDC", github, "azurecli", []],
        [
            "the secret, as the provider does, where there is a token file too",
            { ARM_CLIENT_SECRET: "s", AZURE_FEDERATED_TOKEN_FILE: "/t" },
            "spn",
            ["--use-azurerm-env-vars"],
        ],
    ];
    for (const [what, environment, mode, flags] of cases) {
        it(`takes ${what}`, () => assert.deepEqual(chooseLogin(environment), { mode, flags }));
    }

    it("takes a token file", () => {
        for (const name of ["AZURE_FEDERATED_TOKEN_FILE", "ARM_OIDC_TOKEN_FILE_PATH"]) {
            const login = chooseLogin({ [name]: "/run/token", ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" });
            assert.equal(login.mode, "workloadidentity");
            assert.deepEqual(login.flags.slice(-2), ["--federated-token-file", "/run/token"]);
        }
    });

    it("says what to do with a token that is in a variable, without showing it", () => {
        const environment = { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "eyJ" };
        assert.throws(
            () => chooseLogin(environment),
            (error: Error) => error.message.includes("AZURE_FEDERATED_TOKEN_FILE") && !error.message.includes("eyJ"),
        );
    });
});
