import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ArmClient, refusal } from "../../../components/azure/arm-client";
import { sopsKeyId } from "../../../components/azure/key-check";
import { chooseLogin, rewriteKubeconfig } from "../../../components/azure/kubeconfig";
import type { Stack } from "../stack";
import type { AzureCluster, AzureKey } from "./objects";
import { type AzureObservation, known } from "./observation";

const run = promisify(execFile);

const management = "https://management.azure.com";
const groupsVersion = "2022-09-01";
const clustersVersion = "2025-09-01";
const keysVersion = "2024-11-01";

/** An access token is good for at least this long (https://learn.microsoft.com/entra/identity-platform/access-tokens). */
const tokenMinutes = 30;

/**
 * A stack's resources in Azure, for whoever the environment is logged in as. The login is kubelogin's, as for the
 * cluster: it takes the credentials that the Azure provider takes, without an engine around it.
 */
export class AzureReader {
    private login: { readonly client: ArmClient; readonly until: number } | undefined;

    constructor(private readonly stack: Stack) {}

    /** @throws Error if nobody is logged in; what the login may not read is not known, and no more. */
    async read(): Promise<AzureObservation> {
        const { arm, subscription } = await this.connect();
        const names = this.stack.names(subscription);
        const group = (name: string) => `/subscriptions/${subscription}/resourceGroups/${name}`;
        const wanted = [names.durableGroup, names.clusterGroup, names.nodeGroup];
        const clusterPath = `${group(names.clusterGroup)}/providers/Microsoft.ContainerService/managedClusters/${names.cluster}`;
        const place = {
            subscriptionId: subscription,
            resourceGroupName: names.durableGroup,
            keyVault: names.keyVault,
        };
        const [groups, cluster, key] = await Promise.all([
            Promise.all(wanted.map((name) => get<Group>(arm, group(name), groupsVersion))),
            known(get<AzureCluster>(arm, clusterPath, clustersVersion)),
            known(get<AzureKey>(arm, sopsKeyId(place), keysVersion)),
        ]);
        const states = groups.map((found) => (found ? (found.properties?.provisioningState ?? "") : null));
        return {
            subscription,
            groups: wanted.map((name, index) => ({ name, state: states[index] ?? null })),
            cluster,
            key,
        };
    }

    /** What `az aks get-credentials` writes, with the login of this environment. */
    async kubeconfig(): Promise<string> {
        const { arm, subscription } = await this.connect();
        const names = this.stack.names(subscription);
        const cluster = `/subscriptions/${subscription}/resourceGroups/${names.clusterGroup}/providers/Microsoft.ContainerService/managedClusters/${names.cluster}`;
        const path = `${cluster}/listClusterUserCredential?api-version=${clustersVersion}`;
        const answer = await arm.ask(path, {});
        const [found] = (answer.body.kubeconfigs ?? []) as readonly { readonly value: string }[];
        if (answer.status === 404) {
            throw new Error(`there is no cluster ${names.cluster} yet`);
        }
        if (answer.status !== 200 || !found) {
            throw refusal(`how to reach cluster ${names.cluster}`, answer);
        }
        return rewriteKubeconfig(Buffer.from(found.value, "base64").toString("utf8"), chooseLogin(process.env));
    }

    private async connect(): Promise<{ arm: ArmClient; subscription: string }> {
        const subscription = this.stack.subscriptionId || (await subscriptionOfLogin());
        if (!this.login || this.login.until < Date.now()) {
            this.login = {
                client: new ArmClient(await accessToken(), undefined, []),
                until: Date.now() + tokenMinutes * 60_000,
            };
        }
        return { arm: this.login.client, subscription };
    }
}

interface Group {
    readonly properties?: { readonly provisioningState?: string };
}

/** `null` stands for what is not there. */
async function get<T>(arm: ArmClient, path: string, version: string): Promise<T | null> {
    const answer = await arm.ask(`${path}?api-version=${version}`);
    if (answer.status === 404) {
        return null;
    }
    if (answer.status !== 200) {
        throw refusal(`how ${path.split("/").at(-1) ?? path} is`, answer);
    }
    return answer.body as T;
}

/** A token for a service of Azure, by default Resource Manager, for whoever the environment is logged in as. */
export async function accessToken(service = management): Promise<string> {
    const { mode, flags } = chooseLogin(process.env);
    const args = ["get-token", "--login", mode, "--server-id", service, ...flags];
    const { stdout } = await program("kubelogin", args, "install it: az aks install-cli");
    const { status } = JSON.parse(stdout) as { status?: { token?: string } };
    if (!status?.token) {
        throw new Error("kubelogin gives no token for Azure");
    }
    return status.token;
}

/** The subscription that the Azure provider would take. */
async function subscriptionOfLogin(): Promise<string> {
    const { ARM_SUBSCRIPTION_ID: id } = process.env;
    if (id) {
        return id;
    }
    const question = ["account", "show", "--query", "id", "--output", "tsv"];
    return (await program("az", question, "or export ARM_SUBSCRIPTION_ID")).stdout.trim();
}

async function program(name: string, args: readonly string[], advice: string): Promise<{ stdout: string }> {
    try {
        return await run(name, args, { timeout: 30_000, encoding: "utf8" });
    } catch (error) {
        const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
        if (code === "ENOENT") {
            throw new Error(`${name} is not on the PATH; ${advice}`, { cause: error });
        }
        throw new Error(`${name}: ${lastLine(stderr) ?? message}`, { cause: error });
    }
}

/** Where programs say what is wrong. */
function lastLine(text: string | undefined): string | undefined {
    return text
        ?.trim()
        .split("\n")
        .filter((line) => line.trim() !== "")
        .at(-1);
}
