/**
 * Stands in for Azure Resource Manager: the resource types of `resource-types.ts` in one subscription, with what Azure
 * refuses.
 *
 * Differences from Azure: bodies have the flattened property names of @pulumi/azure-native instead of the wire format
 * (but for DNS, see `dns-wire.ts`, and node pools, which have both), and long operations are answered when they are
 * done. Not modelled: throttling, replication delays, prices, and whatever the services themselves do beyond their management
 * interface.
 */
import type { HttpRequest, HttpResponse } from "../../network/route";
import type { Properties } from "../../plugins/provider";
import type { RunningClusters } from "../aks/managed-cluster";
import { answerDns } from "../dns/dns-wire";
import { bearerOf } from "../entra/bearer";
import type { Entra } from "../entra/entra";
import { checkRegistration } from "../subscription/registrations";
import { readSubscription } from "../subscription/subscription-reads";
import type { Caller } from "./access";
import { runAction } from "./actions";
import { ArmError } from "./arm-error";
import { deleteResource } from "./delete-resource";
import { putResource } from "./put-resource";
import { readPath, show } from "./read-resource";
import { parseResourceId, type ResourceId } from "./resource-id";
import type { Service } from "./service";

const audiences = [
    "https://management.azure.com",
    "https://management.azure.com/",
    "https://management.core.windows.net/",
];

export interface Arm {
    readonly service: Service;
    readonly running: RunningClusters;
    readonly entra: Entra;
}

/** Answers a request to management.azure.com. @throws ArmError */
export async function handleArm(arm: Arm, request: HttpRequest): Promise<HttpResponse> {
    const caller = await authenticate(arm.entra, request);
    const path = decodeURIComponent(request.url.pathname).replace(/\/+$/, "");
    checkSubscription(arm, path);
    checkRegistration(arm.service.state, path);
    const dns = await answerDns(arm.service, caller, path, request);
    if (dns) {
        return dns;
    }
    checkApiVersion(request.url, parseResourceId(path));
    switch (request.method) {
        case "GET": {
            const facts = readSubscription(arm.service.state, caller, path, request.url.searchParams);
            return { status: 200, body: facts ?? readPath(arm.service, caller, path) };
        }
        case "HEAD":
            readPath(arm.service, caller, path);
            return { status: 204 };
        case "PUT": {
            const address = addressOf(path);
            const body = inputsOf(address, bodyOf(request));
            const { resource, created } = await putResource(arm.service, caller, address, body);
            return { status: created ? 201 : 200, body: show(arm.service, resource) };
        }
        case "DELETE":
            return { status: (await deleteResource(arm.service, caller, addressOf(path))) ? 200 : 204 };
        case "POST":
            return { status: 200, body: runAction({ ...arm, caller }, path, bodyOf(request)) };
        default:
            throw new ArmError(405, "MethodNotAllowed", `The method ${request.method} is not supported.`);
    }
}

async function authenticate(entra: Entra, request: HttpRequest): Promise<Caller> {
    const token = bearerOf(request);
    if (token === undefined) {
        throw new ArmError(
            401,
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.",
        );
    }
    try {
        return await entra.verify(token, audiences);
    } catch (error) {
        throw new ArmError(
            401,
            "InvalidAuthenticationToken",
            `The access token is invalid: ${(error as Error).message}.`,
        );
    }
}

function checkSubscription({ service }: Arm, path: string): void {
    const subscription = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1];
    if (subscription !== undefined && subscription.toLowerCase() !== service.state.subscriptionId.toLowerCase()) {
        throw new ArmError(404, "SubscriptionNotFound", `The subscription '${subscription}' could not be found.`);
    }
}

function checkApiVersion(url: URL, address: ResourceId | undefined): void {
    const asked = url.searchParams.get("api-version");
    if (asked === null) {
        throw new ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        );
    }
    if (address && asked !== address.type.apiVersion) {
        throw new ArmError(
            400,
            "NoRegisteredProviderFound",
            `No registered resource provider found for API version '${asked}' of type '${address.type.token}'. The supported ` +
                `api-versions are '${address.type.apiVersion}'.`,
        );
    }
}

function addressOf(path: string): ResourceId {
    const address = parseResourceId(path);
    if (!address) {
        throw new ArmError(
            404,
            "InvalidResourceType",
            `The resource type at '${path}' could not be found in the sandbox.`,
        );
    }
    return address;
}

/** The program itself writes node pools, and knows nothing of the provider's names. */
function inputsOf({ type }: ResourceId, body: Properties): Properties {
    const { properties, ...rest } = body;
    return type.token === "containerservice:AgentPool" && properties
        ? { ...rest, ...(properties as Properties) }
        : body;
}

function bodyOf(request: HttpRequest): Properties {
    const text = request.body.toString("utf8");
    if (text === "") {
        return {};
    }
    try {
        return JSON.parse(text) as Properties;
    } catch (error) {
        throw new ArmError(
            400,
            "InvalidRequestContent",
            `The request content was invalid: ${(error as Error).message}.`,
        );
    }
}
