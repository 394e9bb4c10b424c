/** Answers a reader of blobs in the place of the global `fetch`, in the form of Azure's documentation. */
export class BlobApi {
    /** Blobs by container and name: `postgresql/folder/name`. */
    readonly blobs: Record<string, string> = {};
    readonly requests: { readonly url: URL; readonly authorization: string }[] = [];
    /** How many requests are refused before the first is answered. */
    refusals = 0;
    /** Entries on a page of a listing. */
    pageSize = 5000;
    private readonly fetch = globalThis.fetch;

    start(): void {
        globalThis.fetch = (url, init) => {
            const request = new URL(url instanceof Request ? url.url : url);
            const authorization = new Headers(init?.headers).get("authorization") ?? "";
            this.requests.push({ url: request, authorization });
            return Promise.resolve(this.answer(request));
        };
    }

    stop(): void {
        globalThis.fetch = this.fetch;
    }

    /** A base backup as Barman leaves it, with the fields of its description changed as given. */
    addBackup(folder: string, completed: string, changes: Readonly<Record<string, string>> = {}): void {
        const end = new Date(completed);
        const text = (time: Date) => time.toISOString().replace("T", " ").replace("Z", "000+00:00");
        const name = end.toISOString().replace(/[-:]|\..*/g, "");
        const begin_time = text(new Date(end.getTime() - 60_000));
        const fields = { backup_label: "None", begin_time, end_time: text(end), mode: "concurrent", status: "DONE" };
        this.blobs[`postgresql/${folder}/base/${name}/data.tar.gz`] = "data";
        this.blobs[`postgresql/${folder}/base/${name}/backup.info`] = Object.entries({ ...fields, ...changes })
            .map(([field, value]) => `${field}=${value}\n`)
            .join("");
        this.blobs[`postgresql/${folder}/wals/0000000100000000/000000010000000000000003.gz`] = "log";
    }

    private answer(url: URL): Response {
        if (this.refusals > 0) {
            this.refusals -= 1;
            const code = "AuthorizationPermissionMismatch";
            return new Response(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`, { status: 403 });
        }
        const name = decodeURIComponent(url.pathname.slice(1));
        if (url.searchParams.get("comp") === "list") {
            return new Response(this.page(`${name}/`, url.searchParams));
        }
        const content = this.blobs[name];
        return content === undefined
            ? new Response("<Error><Code>BlobNotFound</Code></Error>", { status: 404 })
            : new Response(content);
    }

    private page(container: string, parameters: URLSearchParams): string {
        const prefix = container + (parameters.get("prefix") ?? "");
        const below = Object.keys(this.blobs).filter((name) => name.startsWith(prefix));
        const entries = below.map((name) => {
            const [first = "", ...rest] = name.slice(prefix.length).split("/");
            return prefix.slice(container.length) + first + (rest.length > 0 ? "/" : "");
        });
        const names = [...new Set(entries)].sort().filter((name) => name > (parameters.get("marker") ?? ""));
        const page = names.slice(0, this.pageSize).map((name) => {
            const tag = name.endsWith("/") ? "BlobPrefix" : "Blob";
            return `<${tag}><Name>${name.replaceAll("&", "&amp;")}</Name></${tag}>`;
        });
        const next =
            names.length > this.pageSize ? `<NextMarker>${names[this.pageSize - 1]}</NextMarker>` : "<NextMarker />";
        return `<?xml version="1.0"?><EnumerationResults><Blobs>${page.join("")}</Blobs>${next}</EnumerationResults>`;
    }
}
