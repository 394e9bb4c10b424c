/**
 * Stands in for the data plane of blob storage, for block blobs: put (whole or in blocks), get, head, list, delete,
 * versions with their policies, deleted versions, and containers (properties, deletion, the deleted ones), each with
 * Entra's token and a role on the container or above it. Blobs live in this process's memory. Not modelled: account
 * keys and what they sign, anonymous access, leases, tiers, copies, snapshots, lifecycle rules, the end of a retention,
 * firewalls.
 */
import { answerRefusals } from "../../network/refusal";
import type { HttpRequest, HttpResponse, Route } from "../../network/route";
import { isAllowed } from "../arm/access";
import { bearerOf } from "../entra/bearer";
import type { Entra } from "../entra/entra";
import type { AzureState, Resource } from "../state";
import { BlobContainer } from "./blob-container";
import { listBlobs } from "./blob-list";
import { answerBlob } from "./blob-operations";
import { giveDelegationKey, signerOf } from "./delegation";
import { deletedContainersOf, isKeptFromDeletion, keepDeleted, restoreContainer } from "./deleted-containers";
import { protectedUntil } from "./immutability";
import { StorageError } from "./storage-error";
import { xml } from "./xml";

const service = "Microsoft.Storage/storageAccounts/blobServices";
const containers = `${service}/containers`;
const audiences = ["https://storage.azure.com", "https://storage.azure.com/"];
/** The first version of the service that knows Entra's tokens. */
const oldestVersion = "2017-11-09";

export function blobRoute(state: AzureState, entra: Entra): Route {
    const handle = answerRefusals(async (request) => {
        const version = request.headers["x-ms-version"] ?? oldestVersion;
        const response = await answer(state, entra, request);
        return { ...response, headers: { ...response.headers, "x-ms-version": version } };
    });
    return { host: /[a-z0-9]+\.blob\.core\.windows\.net/, handle };
}

async function answer(state: AzureState, entra: Entra, request: HttpRequest): Promise<HttpResponse> {
    const { url, method } = request;
    const account = findAccount(state, url.hostname);
    const objectId = await authenticate(state, entra, account, request);
    const [, containerName = "", blobName = ""] = /^\/([^/]+)\/?(.*)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    const id = `${account.address.id}/blobServices/default/containers/${containerName}`;
    const demandAt = (plane: "actions" | "dataActions", action: string, scope: string) => {
        if (!isAllowed(state, objectId, action, scope, plane)) {
            const message = "This request is not authorized to perform this operation using this permission.";
            throw new StorageError(403, "AuthorizationPermissionMismatch", message);
        }
    };
    const demand = (plane: "actions" | "dataActions", action: string) => demandAt(plane, `${containers}/${action}`, id);
    const content = () => contentOf(state, id);
    if (blobName !== "") {
        const { isVersioningEnabled, deleteRetentionPolicy } = serviceOf(state, account);
        return answerBlob({
            blobName,
            request,
            content,
            keepsVersions: isVersioningEnabled === true,
            keepsDeleted: deleteRetentionPolicy?.enabled === true,
            protectedUntil: protectedUntil(state, id),
            demand: (verb) => demand("dataActions", verb),
        });
    }
    const call = `${method} ${url.searchParams.get("restype") ?? ""} ${url.searchParams.get("comp") ?? ""}`.trim();
    if (call === "POST service userdelegationkey") {
        // A right on a container is none here: the key signs for the whole account.
        demandAt("actions", `${service}/generateUserDelegationKey/action`, account.address.id);
        return giveDelegationKey(state, objectId, request);
    }
    if (call === "GET container list") {
        demand("dataActions", "blobs/read");
        return listBlobs(content(), url);
    }
    if (call === "GET container" || call === "HEAD container") {
        demand("actions", "read");
        content();
        return { status: 200, headers: { "x-ms-lease-state": "available", "x-ms-has-legal-hold": "false" } };
    }
    if (call === "DELETE container") {
        demand("actions", "delete");
        content();
        deleteContainer(state, id);
        return { status: 202 };
    }
    if (call === "GET  list") {
        demandAt("actions", `${containers}/read`, account.address.id);
        return listContainers(state, account.address.id);
    }
    if (call === "PUT container undelete") {
        demandAt("actions", `${containers}/write`, account.address.id);
        const version = request.headers["x-ms-deleted-container-version"];
        const deleted = deletedContainersOf(state, account.address.id).find((each) => each.version === version);
        if (deleted?.container.address.id.toLowerCase() !== id.toLowerCase()) {
            throw new StorageError(404, "ContainerNotFound", "The specified container does not exist.");
        }
        restoreContainer(state, deleted);
        return { status: 201 };
    }
    throw new StorageError(400, "UnsupportedRestVersion", `The sandbox's blob storage does not answer "${call}".`);
}

async function authenticate(state: AzureState, entra: Entra, account: Resource, request: HttpRequest): Promise<string> {
    const challenge = {
        "www-authenticate":
            `Bearer authorization_uri=https://login.microsoftonline.com/${state.tenantId}/oauth2/authorize ` +
            "resource_id=https://storage.azure.com",
    };
    const hint = "Please refer to the information in the www-authenticate header.";
    if (request.url.searchParams.has("skoid")) {
        return signerOf(account.address.name, request);
    }
    checkSharedKey(account, request);
    const token = bearerOf(request);
    if (token === undefined) {
        const message = `Server failed to authenticate the request. ${hint}`;
        throw new StorageError(401, "NoAuthenticationInformation", message, {}, challenge);
    }
    if ((request.headers["x-ms-version"] ?? "") < oldestVersion) {
        throw new StorageError(403, "AuthenticationFailed", "Server failed to authenticate the request.", {
            AuthenticationErrorDetail: "Authentication scheme Bearer is not supported in this version.",
        });
    }
    try {
        return (await entra.verify(token, audiences)).objectId;
    } catch (error) {
        const detail = { AuthenticationErrorDetail: (error as Error).message };
        const message = `Server failed to authenticate the request. ${hint}`;
        throw new StorageError(401, "InvalidAuthenticationInfo", message, detail, challenge);
    }
}

/** Keys, and what is signed with them: there are none here, and an account may refuse them altogether. */
function checkSharedKey({ properties }: Resource, { headers, url }: HttpRequest): void {
    if (!/^SharedKey/i.test(headers.authorization ?? "") && !url.searchParams.has("sig")) {
        return;
    }
    if (properties.allowSharedKeyAccess === false) {
        const message = "Key based authentication is not permitted on this storage account.";
        throw new StorageError(403, "KeyBasedAuthenticationNotPermitted", message);
    }
    const message =
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly.";
    throw new StorageError(403, "AuthenticationFailed", message, {
        AuthenticationErrorDetail: "The sandbox has no account keys.",
    });
}

function findAccount(state: AzureState, host: string): Resource {
    const name = host.slice(0, host.indexOf("."));
    const account = state.ofType("storage:StorageAccount").find(({ address }) => address.name === name);
    if (!account) {
        throw new StorageError(404, "ResourceNotFound", `There is no storage account at ${host}.`);
    }
    return account;
}

function contentOf(state: AzureState, id: string): BlobContainer {
    if (!state.get(id)) {
        throw new StorageError(404, "ContainerNotFound", "The specified container does not exist.");
    }
    const content = state.containerContents.get(id.toLowerCase()) ?? new BlobContainer();
    state.containerContents.set(id.toLowerCase(), content);
    return content;
}

/** @throws StorageError when the container is made for immutable versions, and not empty. */
function deleteContainer(state: AzureState, id: string): void {
    for (const resource of state.within(id)) {
        if (isKeptFromDeletion(state, resource)) {
            const message = `The container ${resource.address.name} is protected from deletion due to its immutability.`;
            throw new StorageError(409, "ContainerProtectedFromDeletion", message);
        }
        state.remove(resource.address.id);
        keepDeleted(state, resource);
    }
}

function listContainers(state: AzureState, accountId: string): HttpResponse {
    const there = state
        .within(accountId)
        .filter(({ address }) => address.type.token === "storage:BlobContainer")
        .map(({ address }) => ({ Name: address.name }));
    const deleted = deletedContainersOf(state, accountId).map(({ container, version }) => ({
        Name: container.address.name,
        Deleted: true,
        Version: version,
    }));
    const body = xml("EnumerationResults", { Containers: { Container: [...there, ...deleted] } });
    return { status: 200, headers: { "content-type": "application/xml" }, body };
}

interface BlobServiceSettings {
    readonly isVersioningEnabled?: boolean;
    readonly deleteRetentionPolicy?: { readonly enabled?: boolean };
}

function serviceOf(state: AzureState, { address }: Resource): BlobServiceSettings {
    return state.get(`${address.id}/blobServices/default`)?.properties ?? {};
}
