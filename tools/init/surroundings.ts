import { spawnSync } from "node:child_process";
import * as authorization from "@pulumi/azure-native/authorization";
import { type ArmClient, pagesOf } from "../../components/azure/arm-client";
import { problemOf } from "../../components/azure/arm-request";
import { currentDeployer } from "../../components/azure/deployer";
import { githubApi } from "../../components/gitops/fleet/github-api";
import { appToken } from "../../components/gitops/fleet/github-app";
import type { GitHubLogin } from "../../components/settings/github-login";
import { UserError } from "../../components/user-error";
import { DoctorError } from "../doctor/doctor-error";
import { withEngine } from "../doctor/temporary-stack";

/** A thing that was looked for: what it is, or why nobody knows. */
export type Found<T> = { readonly value: T } | { readonly reason: string };

export interface AzureLogin {
    readonly subscriptionId: string;
    readonly tenantId: string;
    /** Access token for Azure Resource Manager. */
    readonly token: string;
}

/** A virtual network of the subscription. */
export interface ExistingNetwork {
    readonly name: string;
    readonly group: string;
    readonly ranges: readonly string[];
}

/** Who is logged in to Azure, as the program's provider sees it. */
export function azureLogin(project: string, stack: string): Promise<Found<AzureLogin>> {
    return found(() =>
        withEngine({ project, stack, config: {} }, async () => {
            const [{ subscriptionId, tenantId }, { token }] = await Promise.all([
                currentDeployer(),
                authorization.getClientToken(),
            ]);
            return { subscriptionId, tenantId, token };
        }).catch((error: unknown) => {
            // Whatever the provider says of a login that it has not: az login is what helps.
            throw new UserError(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
        }),
    );
}

/** Regions with storage accounts of the kind that the program makes: Microsoft.Storage, Skus - List, 2024-01-01. */
export function regions(arm: ArmClient, subscriptionId: string): Promise<Found<readonly string[]>> {
    return found(async () => {
        const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Storage/skus?api-version=2024-01-01`;
        const skus = (await listOf(arm, path)) as { kind?: string; locations?: readonly string[] }[];
        const names = skus.filter(({ kind }) => kind === "StorageV2").flatMap(({ locations = [] }) => locations);
        return [...new Set(names.map((name) => name.toLowerCase()))].sort();
    });
}

/** Microsoft.Network, Virtual Networks - List All, 2024-05-01. */
export function networks(arm: ArmClient, subscriptionId: string): Promise<Found<readonly ExistingNetwork[]>> {
    return found(async () => {
        const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Network/virtualNetworks?api-version=2024-05-01`;
        const bodies = (await listOf(arm, path)) as {
            id: string;
            name: string;
            properties?: { addressSpace?: { addressPrefixes?: readonly string[] } };
        }[];
        return bodies.map(({ id, name, properties }) => ({
            name,
            group: /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? "",
            ranges: properties?.addressSpace?.addressPrefixes ?? [],
        }));
    });
}

/** The user that a token is of, or whose installation of an App a login is. */
export function githubOwner(login: GitHubLogin): Promise<Found<string>> {
    return found(async () => {
        try {
            if ("token" in login) {
                return (await githubApi(login).call<{ login: string }>("GET", "/user")).login;
            }
            const { installationId } = login.app;
            const asApp = githubApi({ token: appToken(login.app) });
            const path = `/app/installations/${installationId}`;
            return (await asApp.call<{ account: { login: string } }>("GET", path)).account.login;
        } catch (error) {
            throw new UserError(error instanceof Error ? error.message : String(error));
        }
    });
}

/** The repository on GitHub that this checkout came from, as `owner/name`. */
export function ownRepository(folder: string): string | undefined {
    const { stdout } = spawnSync("git", ["remote", "get-url", "origin"], { cwd: folder, encoding: "utf8" });
    return /github\.com[:/]([\w.-]+\/[\w.-]+?)(\.git)?$/.exec((stdout ?? "").trim())?.[1];
}

async function listOf(arm: ArmClient, path: string): Promise<unknown[]> {
    const listed: unknown[] = [];
    for await (const answer of pagesOf(path, (page) => arm.ask(page))) {
        if (answer.status !== 200) {
            throw new UserError(problemOf(answer));
        }
        listed.push(...((answer.body.value ?? []) as unknown[]));
    }
    return listed;
}

async function found<T>(ask: () => Promise<T>): Promise<Found<T>> {
    try {
        return { value: await ask() };
    } catch (error) {
        if (error instanceof UserError || error instanceof DoctorError) {
            return { reason: error.message };
        }
        throw error;
    }
}
