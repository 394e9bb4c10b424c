/**
 * Keys that sign in the name of an identity, and what is signed with them. Only the newest form of a signature is
 * known, which Azure's own libraries make.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
 */
import { createHmac, randomBytes } from "node:crypto";
import type { HttpRequest, HttpResponse } from "../../network/route";
import type { AzureState } from "../state";
import { StorageError } from "./storage-error";
import { xml } from "./xml";

const secret = randomBytes(32);
/** The first version whose signatures name the tenant of the user that a link is for. */
const oldestVersion = "2025-07-05";

interface DelegationKey {
    readonly objectId: string;
    readonly tenantId: string;
    readonly start: string;
    readonly expiry: string;
    readonly version: string;
}

/** Answers who asks for a key. @throws StorageError */
export function giveDelegationKey(state: AzureState, objectId: string, { body, headers }: HttpRequest): HttpResponse {
    const text = body.toString("utf8");
    const [start = "", expiry] = ["Start", "Expiry"].map(
        (name) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1],
    );
    if (expiry === undefined) {
        throw new StorageError(400, "InvalidXmlDocument", "XML specified is not syntactically valid.");
    }
    const { tenantId } = state;
    const version = headers["x-ms-version"] ?? "";
    const key = {
        ...{ SignedOid: objectId, SignedTid: tenantId, SignedStart: start, SignedExpiry: expiry, SignedService: "b" },
        SignedVersion: version,
        Value: valueOf({ objectId, tenantId, start, expiry, version }),
    };
    return { status: 200, headers: { "content-type": "application/xml" }, body: xml("UserDelegationKey", key) };
}

/**
 * The object id of the identity in whose name a link to read a blob is signed. Whether that identity may read it is
 * another question.
 *
 * @throws StorageError when the signature is not of this link, or its time is over.
 */
export function signerOf(accountName: string, { method, url }: HttpRequest): string {
    const refuse = (detail: string) =>
        new StorageError(
            403,
            "AuthenticationFailed",
            "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly.",
            { AuthenticationErrorDetail: detail },
        );
    const given = (name: string) => url.searchParams.get(name) ?? "";
    if (given("sv") < oldestVersion || given("sr") !== "b" || !/^(GET|HEAD)$/.test(method)) {
        throw refuse(`The sandbox knows links to read a blob, signed as from ${oldestVersion}.`);
    }
    const key = {
        ...{ objectId: given("skoid"), tenantId: given("sktid"), start: given("skt"), expiry: given("ske") },
        version: given("skv"),
    };
    const resource = `/blob/${accountName}${decodeURIComponent(url.pathname)}`;
    const signed = [
        ...[given("sp"), given("st"), given("se"), resource],
        ...[key.objectId, key.tenantId, key.start, key.expiry, given("sks"), key.version],
        ...[given("saoid"), given("suoid"), given("scid"), given("skdutid"), given("sduoid")],
        ...[given("sip"), given("spr"), given("sv"), given("sr"), "", given("ses")],
        ...["rscc", "rscd", "rsce", "rscl", "rsct"].map(given),
    ].join("\n");
    const wanted = createHmac("sha256", Buffer.from(valueOf(key), "base64"))
        .update(signed)
        .digest("base64");
    if (wanted !== given("sig")) {
        throw refuse("Signature did not match.");
    }
    const now = new Date().toISOString();
    if (!given("sp").includes("r") || given("se") < now || key.expiry < now || given("st") > now) {
        throw refuse("Signature not valid in the specified time frame, or for reading.");
    }
    return key.objectId;
}

/** The same key for the same question, so that none has to be remembered. */
function valueOf(key: DelegationKey): string {
    return createHmac("sha256", secret)
        .update(JSON.stringify(Object.values(key)))
        .digest("base64");
}
