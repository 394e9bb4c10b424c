import { whyUnreachable } from "../unreachable";
import { patient, throughFaults } from "./passing-faults";

/** A container of blobs, and the right to read it. */
export interface ContainerAccess {
    /** Name of the storage account. */
    readonly account: string;
    readonly container: string;
    /** Access token for `https://storage.azure.com`. */
    readonly token: string;
    /**
     * For how long to ask again when the caller may not read: Azure takes up to ten minutes to let a new role work.
     *
     * @default 0
     */
    readonly patienceSeconds?: number;
}

/** What a listing has at one level: blobs, and the folders that hold others. */
export interface Listing {
    readonly blobs: readonly string[];
    /** With their final slash. */
    readonly folders: readonly string[];
}

const timeoutMs = 30_000;
const pauseSeconds = 10;
/** The version of the service that the answers are written for. */
const version = "2023-11-03";

/**
 * What is directly in a folder of a container; the folder's name ends with a slash, and is empty for the container
 * itself.
 *
 * @throws Error if the storage cannot be reached, or does not let the caller read.
 */
export async function listFolder(access: ContainerAccess, folder: string): Promise<Listing> {
    const blobs: string[] = [];
    const folders: string[] = [];
    let marker = "";
    do {
        const query = new URLSearchParams({
            restype: "container",
            comp: "list",
            delimiter: "/",
            prefix: folder,
            marker,
        });
        const page = (await read(access, `?${query.toString()}`)).toString("utf8");
        folders.push(...textsOf(page, /<BlobPrefix><Name>([^<]*)<\/Name>/g));
        blobs.push(...textsOf(page, /<Blob><Name>([^<]*)<\/Name>/g));
        [marker = ""] = textsOf(page, /<NextMarker>([^<]*)<\/NextMarker>/g);
    } while (marker !== "");
    return { blobs, folders };
}

/** The text of a blob. @throws Error as `listFolder` does, and if there is none. */
export async function readBlob(access: ContainerAccess, name: string): Promise<string> {
    return (await readBytes(access, name)).toString("utf8");
}

/** The same for what is no text. */
export function readBytes(access: ContainerAccess, name: string): Promise<Buffer> {
    return read(access, `/${name.split("/").map(encodeURIComponent).join("/")}`);
}

async function read(
    { account, container, token, patienceSeconds = 0 }: ContainerAccess,
    rest: string,
): Promise<Buffer> {
    const url = `https://${account}.blob.core.windows.net/${container}${rest}`;
    for (let waited = 0; ; waited += pauseSeconds) {
        const { status, body } = await send(url, token);
        if (status === 200) {
            return body;
        }
        if (status !== 403 || waited >= patienceSeconds) {
            const [code = ""] = textsOf(body.toString("utf8"), /<Code>([^<]*)<\/Code>/g);
            const fix = status === 403 ? "; the reader needs the role Storage Blob Data Reader on the container" : "";
            throw new Error(
                `container ${container} of storage account ${account}: HTTP ${status} ${code}`.trim() + fix,
            );
        }
        // The engine shows what a provider prints.
        console.log(`Azure does not let this container be read yet: ${container}`);
        await new Promise((resolve) => setTimeout(resolve, pauseSeconds * 1000));
    }
}

async function send(url: string, token: string): Promise<{ readonly status: number; readonly body: Buffer }> {
    const host = new URL(url).host;
    const ask = () =>
        fetch(url, {
            headers: { authorization: `Bearer ${token}`, "x-ms-version": version },
            signal: AbortSignal.timeout(timeoutMs),
        });
    try {
        const response = await throughFaults(host, ask, patient);
        return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
    } catch (error) {
        throw new Error(`cannot reach ${host}: ${whyUnreachable(error)}`, { cause: error });
    }
}

/** What a pattern finds in an answer's XML, whose entities are undone. */
function textsOf(xml: string, pattern: RegExp): string[] {
    return [...xml.matchAll(pattern)].map(([, text = ""]) =>
        text
            .replaceAll("&lt;", "<")
            .replaceAll("&gt;", ">")
            .replaceAll("&quot;", '"')
            .replaceAll("&apos;", "'")
            .replaceAll("&amp;", "&"),
    );
}
