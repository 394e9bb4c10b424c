import { parse, stringify } from "yaml";
import { UserError } from "../user-error";

/** How kubelogin obtains a token on the machine that runs the program: arguments that hold no secret. */
export interface KubeLogin {
    readonly mode: "workloadidentity" | "spn" | "msi" | "azurecli";
    readonly flags: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const useArmVariables = "--use-azurerm-env-vars";
const authority = ["--authority-host", "https://login.microsoftonline.com/"] as const;

/**
 * Chooses the login that matches the one which the Azure provider uses with the same environment. kubelogin reads
 * client id, tenant and secret from that environment itself, `AZURE_…` names by default and `ARM_…` names when told to,
 * and its own variables win over arguments (https://github.com/Azure/kubelogin, pkg/internal/token/options.go):
 *
 * - a client secret or certificate: spn;
 * - `ARM_USE_OIDC` with a token file (`AZURE_FEDERATED_TOKEN_FILE` or `ARM_OIDC_TOKEN_FILE_PATH`): workloadidentity
 *   with that file;
 * - `ARM_USE_OIDC` in GitHub Actions (`id-token: write`): workloadidentity too, in which kubelogin asks GitHub for the
 *   token when `ACTIONS_ID_TOKEN_REQUEST_URL` and `…_TOKEN` are set (pkg/internal/token/provider.go);
 * - `ARM_USE_OIDC` with a token in a variable (`ARM_OIDC_TOKEN`, as Pulumi ESC sets it): kubelogin cannot use one;
 *   throws, and says to put it in a file;
 * - a token file alone, as a pod with workload identity has: workloadidentity;
 * - a managed identity (`ARM_USE_MSI`): msi; otherwise the login of the Azure CLI.
 */
export function chooseLogin(environment: Environment): KubeLogin {
    const has = (...names: string[]) => names.every((name) => environment[name]);
    const oidc = environment.ARM_USE_OIDC === "true";
    const armVariables = has("ARM_CLIENT_ID") && !has("AZURE_CLIENT_ID") ? [useArmVariables] : [];
    if (has("ARM_CLIENT_SECRET") || has("ARM_CLIENT_CERTIFICATE_PATH")) {
        return { mode: "spn", flags: [useArmVariables] };
    }
    const tokenFile = environment.AZURE_FEDERATED_TOKEN_FILE ?? environment.ARM_OIDC_TOKEN_FILE_PATH;
    if (tokenFile) {
        return {
            mode: "workloadidentity",
            flags: [...armVariables, ...authority, "--federated-token-file", tokenFile],
        };
    }
    if (oidc && has("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")) {
        return { mode: "workloadidentity", flags: armVariables };
    }
    if (oidc && has("ARM_OIDC_TOKEN")) {
        throw new UserError(
            "ARM_OIDC_TOKEN holds a token, but kubelogin reads one from a file only; write it to a file that only you can " +
                "read, and set AZURE_FEDERATED_TOKEN_FILE to its path",
        );
    }
    if (has("AZURE_CLIENT_SECRET") || has("AZURE_CLIENT_CERTIFICATE_PATH")) {
        return { mode: "spn", flags: [] };
    }
    if (environment.ARM_USE_MSI === "true") {
        return { mode: "msi", flags: armVariables };
    }
    return { mode: "azurecli", flags: [] };
}

interface ExecUser {
    readonly name: string;
    readonly user: { readonly exec?: { readonly command: string; readonly args?: readonly string[] } };
}

/**
 * Puts a login into the kubeconfig that AKS hands out, which always asks for a device code
 * (https://github.com/Azure/AKS/issues/4990). Everything else of it is kept, a proxy-url for one. Throws when no user
 * of the kubeconfig logs in through kubelogin, which is what a cluster without Entra ID has.
 */
export function rewriteKubeconfig(kubeconfig: string, login: KubeLogin): string {
    const config = parse(kubeconfig) as { readonly users?: readonly ExecUser[] };
    const users = config.users ?? [];
    if (!users.some(usesKubelogin)) {
        throw new UserError(
            "the kubeconfig of the cluster has no user that logs in through kubelogin; is Entra ID on?",
        );
    }
    return stringify({ ...config, users: users.map((user) => (usesKubelogin(user) ? withLogin(user, login) : user)) });
}

function usesKubelogin(user: ExecUser): boolean {
    return user.user.exec?.command === "kubelogin";
}

function withLogin(entry: ExecUser, login: KubeLogin): ExecUser {
    const given = entry.user.exec?.args ?? [];
    // The Azure CLI and a managed identity bring their tenant; the client id that AKS writes is that of device codes.
    const kept = login.mode === "azurecli" || login.mode === "msi" ? ["--server-id"] : keptFlags;
    const args = ["get-token", "--login", login.mode, ...kept.flatMap((flag) => flagOf(given, flag)), ...login.flags];
    return { ...entry, user: { ...entry.user, exec: { ...entry.user.exec, command: "kubelogin", args } } };
}

const keptFlags = ["--environment", "--server-id", "--tenant-id"];

function flagOf(args: readonly string[], flag: string): string[] {
    const at = args.indexOf(flag);
    const value = at < 0 ? undefined : args[at + 1];
    return value === undefined ? [] : [flag, value];
}
