import type { HttpRequest, HttpResponse } from "../network/route";

interface Review {
    readonly apiVersion: string;
    readonly kind: string;
    readonly request?: {
        readonly uid: string;
        readonly desiredAPIVersion?: string;
        readonly objects?: readonly Readonly<Record<string, unknown>>[];
    };
}

/**
 * The answer of a webhook whose pods run nothing: it lets everything pass and changes nothing, and gives an object
 * another version without touching its fields. Undefined if the request is not the API server's to a webhook.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export function webhookAnswer({ method, body }: HttpRequest): HttpResponse | undefined {
    const review = method === "POST" ? reviewIn(body) : undefined;
    const uid = review?.request?.uid;
    if (review === undefined || uid === undefined) {
        return undefined;
    }
    const { apiVersion, kind, request } = review;
    const convertedObjects = request?.objects?.map((object) => ({ ...object, apiVersion: request.desiredAPIVersion }));
    const response =
        kind === "ConversionReview"
            ? { uid, result: { status: "Success" }, convertedObjects: convertedObjects ?? [] }
            : { uid, allowed: true };
    return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ apiVersion, kind, response }),
    };
}

function reviewIn(body: Buffer): Review | undefined {
    try {
        const review = JSON.parse(body.toString("utf8")) as Review;
        return ["AdmissionReview", "ConversionReview"].includes(review.kind) ? review : undefined;
    } catch {
        // Not JSON: not the API server's.
        return undefined;
    }
}
