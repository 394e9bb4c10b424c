/**
 * Stands in for Azure Resource Manager: the resource types of `resource-types.ts` in one subscription, with what Azure
 * refuses.
 *
 * Requests and answers are in Azure's wire format (`wire.ts`), and what takes long there is answered before it is done
 * (`operations.ts`), on a clock that by default lets nothing take long (`clock.ts`). What recorded exchanges with Azure
 * show of each type is compared in `test/services/witness`. Not modelled: throttling, prices, and
 * whatever the services themselves do beyond their management interface.
 */
import type { HttpRequest, HttpResponse } from "../../network/route";
import type { Properties } from "../../plugins/provider";
import type { RunningClusters } from "../aks/managed-cluster";
import { answerDns } from "../dns/dns-requests";
import { bearerOf } from "../entra/bearer";
import type { Entra } from "../entra/entra";
import { patchRegistry } from "../registry/container-registry";
import { checkRegistration } from "../subscription/registrations";
import { readSubscription } from "../subscription/subscription-reads";
import type { Caller } from "./access";
import { runAction } from "./actions";
import { answerDelete } from "./answer-delete";
import { answerPut } from "./answer-put";
import { ArmError } from "./arm-error";
import { answerOperation, findOperation, retryAfter } from "./operation-answers";
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
    // Clients put "/" before a scope that starts with one.
    const path = decodeURIComponent(request.url.pathname).replace(/^\/+/, "/").replace(/\/+$/, "");
    checkSubscription(arm, path);
    checkRegistration(arm.service.state, path);
    const apiVersion = checkApiVersion(request.url, parseResourceId(path));
    const dns = answerDns(arm.service, caller, path, request);
    if (dns) {
        return dns;
    }
    switch (request.method) {
        case "GET": {
            const facts = readSubscription(arm.service.state, caller, path, request.url.searchParams);
            return facts === undefined ? answerGet(arm, caller, path) : { status: 200, body: facts };
        }
        case "HEAD":
            readPath(arm.service, caller, path);
            return { status: 204 };
        case "PUT":
            return answerPut({ service: arm.service, caller, address: addressOf(path), apiVersion }, bodyOf(request));
        case "PATCH": {
            const address = addressOf(path);
            if (address.type.token !== "containerregistry:Registry") {
                throw new ArmError(405, "MethodNotAllowed", `The sandbox does not patch ${address.type.token}.`);
            }
            return patchRegistry(arm.service, caller, address, bodyOf(request));
        }
        case "DELETE":
            return answerDelete({ service: arm.service, caller, address: addressOf(path), apiVersion });
        case "POST":
            return runAction({ ...arm, caller, apiVersion }, path, bodyOf(request));
        default:
            throw new ArmError(405, "MethodNotAllowed", `The method ${request.method} is not supported.`);
    }
}

async function answerGet({ service }: Arm, caller: Caller, path: string): Promise<HttpResponse> {
    const { state } = service;
    const operation = findOperation(state, path);
    if (operation) {
        const made = () => state.get(operation.resourceId);
        return answerOperation(state, operation, path, () => {
            const resource = made();
            return resource && show(service, resource);
        });
    }
    const running = state.operations.runningAt(path);
    const body = readPath(service, caller, path);
    const headers = {
        ...(typeof body.etag === "string" ? { etag: body.etag } : {}),
        ...(running?.plan.follow === "resource" ? retryAfter(state.operations, running.plan) : {}),
    };
    return { status: 200, headers, body };
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

function checkApiVersion(url: URL, address: ResourceId | undefined): string {
    const asked = url.searchParams.get("api-version");
    if (asked === null) {
        throw new ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        );
    }
    const served = address && [address.type.apiVersion, ...(address.type.otherVersions ?? [])];
    if (served?.includes(asked) === false) {
        throw new ArmError(
            400,
            "NoRegisteredProviderFound",
            `No registered resource provider found for API version '${asked}' of type '${address?.type.token}'. The supported ` +
                `api-versions are '${served.join(", ")}'.`,
        );
    }
    return asked;
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
