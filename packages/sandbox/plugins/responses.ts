import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import {
    CheckFailure as CheckFailureMessage,
    CheckResponse,
    DiffResponse,
    ErrorResourceInitFailed,
    PropertyDiff,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { InitializationError } from "./initialization-error";
import { parsePath, valueAt } from "./property-path";
import type { CheckFailure, Difference, Properties } from "./provider";
import { encode, type Secrets } from "./wire";

export function checkResponse(inputs: Properties, secrets: Secrets, failures: readonly CheckFailure[]): CheckResponse {
    return new CheckResponse()
        .setInputs(encode(inputs, secrets))
        .setFailuresList(
            failures.map(({ property, reason }) => new CheckFailureMessage().setProperty(property).setReason(reason)),
        );
}

export function diffResponse(difference: Difference, olds: Properties, news: Properties): DiffResponse {
    const { updates, replaces } = difference;
    const response = new DiffResponse()
        .setChanges(
            updates.length + replaces.length > 0
                ? DiffResponse.DiffChanges.DIFF_SOME
                : DiffResponse.DiffChanges.DIFF_NONE,
        )
        .setHasdetaileddiff(true)
        .setDeletebeforereplace(difference.deleteBeforeReplace ?? false)
        .setReplacesList(topLevel(replaces))
        .setDiffsList(topLevel([...updates, ...replaces]));
    const detailed = response.getDetaileddiffMap();
    for (const path of updates) {
        detailed.set(path, propertyDiff(path, olds, news, false));
    }
    for (const path of replaces) {
        detailed.set(path, propertyDiff(path, olds, news, true));
    }
    return response;
}

function propertyDiff(path: string, olds: Properties, news: Properties, isReplace: boolean): PropertyDiff {
    const { Kind } = PropertyDiff;
    const isAbsent = (properties: Properties): boolean =>
        (valueAt(properties, parsePath(path)) ?? undefined) === undefined;
    const [inPlace, replace] = isAbsent(olds)
        ? [Kind.ADD, Kind.ADD_REPLACE]
        : isAbsent(news)
          ? [Kind.DELETE, Kind.DELETE_REPLACE]
          : [Kind.UPDATE, Kind.UPDATE_REPLACE];
    return new PropertyDiff().setKind(isReplace ? replace : inPlace).setInputdiff(true);
}

function topLevel(paths: readonly string[]): string[] {
    return [...new Set(paths.map((path) => String(parsePath(path)[0])))];
}

/** The error as the engine shows it: its message, without a stack, and what it has to keep of a failed resource. */
export function serviceError(error: unknown, secrets: Secrets): Partial<ServiceError> {
    const message = error instanceof Error ? error.message : String(error);
    const metadata = new Metadata();
    if (error instanceof InitializationError) {
        const detail = new ErrorResourceInitFailed()
            .setId(error.id)
            .setProperties(encode(error.outputs, secrets, error.secrets))
            .setReasonsList([...error.reasons]);
        const any = new Any();
        any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
        const body = new Status().setCode(status.UNKNOWN).setMessage(message);
        body.addDetails(any);
        metadata.set("grpc-status-details-bin", Buffer.from(body.serializeBinary()));
    }
    return { code: status.UNKNOWN, details: message, metadata };
}
