import { type Backup, isKnown, type Part, type Status } from "../status";
import { flow, type Piece } from "./layout";
import { count, marked, short, when } from "./words";

type Known<Name extends keyof Status> = Exclude<Status[Name], { readonly unknown: string }>;

type Lines = readonly (readonly Piece[])[];

/** How each part is shown when it is known. */
export const parts: {
    readonly [Name in Exclude<keyof Status, "format" | "stack" | "at" | "healthy" | "problems" | "events">]: (
        part: Known<Name>,
        status: Status,
    ) => Lines;
} = {
    cloud: ({ subscription, groups, cluster }) => [
        ...flow(
            cluster
                ? [
                      plain(`${cluster.name} ${[cluster.state, cluster.power].filter(Boolean).join(", ")}`),
                      plain(`${cluster.version} in ${cluster.region}`),
                      plain(`subscription ${subscription}`),
                  ]
                : [plain("no cluster"), plain(`subscription ${subscription}`)],
        ),
        ...flow(
            (cluster?.pools ?? []).map(({ name, nodes, state }) =>
                plain(`pool ${name} ${count(nodes, "node")} ${state}`),
            ),
        ),
        ...flow(groups.map(({ name, state }) => plain(`group ${name} ${state}`))),
    ],
    cluster: ({ version, nodes }) => [
        [plain(version), ...known(nodes, (all) => [plain(`${ratio(all, ({ ready }) => ready)} nodes ready`)])],
        ...known(nodes, (all) => flow(all.filter(({ ready }) => !ready).map(({ name }) => marked("failed", name)))),
    ],
    flux: ({ version, controllers, source, message, ready }, { at }) => [
        ...flow([
            ready ? plain(version) : plain(`${version} ${message}`.trim()),
            plain(`${ratio(controllers, (one) => one.ready >= one.replicas)} controllers ready`),
            source.commit === ""
                ? plain("no commit fetched yet")
                : plain(`${source.branch} at ${short(source.commit)}, fetched ${when(source.fetched, at)}`),
        ]),
        ...flow(source.url === "" ? [] : [{ text: source.url, style: "dim" }]),
    ],
    layers: (layers) => [
        ...flow(layers.map(({ name, state }) => marked(state, name))),
        ...waiting(layers).flatMap(([names, reasons]) => flow([{ text: `${names} for ${reasons}`, style: "dim" }])),
    ],
    releases: (releases) =>
        flow(
            releases.length === 0
                ? [plain("none yet")]
                : releases.map(({ name, state, version }) =>
                      marked(state, `${name} ${version.replace(/\+.*/, "")}`.trim()),
                  ),
        ),
    certificates: (certificates, { at }) =>
        certificates.length === 0
            ? [[plain("none yet")]]
            : certificates.flatMap(({ namespace, name, state, expires, message }) =>
                  flow([
                      marked(state, `${namespace}/${name}`),
                      expires === "" ? plain(message) : plain(`expires ${when(expires, at)}, ${expires.slice(0, 10)}`),
                  ]),
              ),
    backups: ({ velero, postgresql }, { at }) => [
        ...backupLines("Velero", velero, at),
        ...backupLines("PostgreSQL", postgresql, at),
    ],
    keys: ({ keyVault, pgp, proof }) => [
        ...("unknown" in keyVault
            ? flow([plain(`Key Vault key not known: ${keyVault.unknown}`)])
            : flow([
                  marked(keyVault.enabled ? "ready" : "failed", keyName(keyVault.uri)),
                  plain(keyVault.expires === "" ? "does not expire" : `expires ${keyVault.expires.slice(0, 10)}`),
              ])),
        ...("unknown" in pgp
            ? flow([plain(`PGP keys not known: ${pgp.unknown}`)])
            : pgp.flatMap(({ fingerprint, files }) =>
                  flow([plain(`PGP ${fingerprint}`), plain(count(files, "file"))]),
              )),
        ...("unknown" in proof ? [] : [[marked(proof.state, `layer ${proof.layer} decrypts with each of them`)]]),
    ],
    drift: ({ commit, behind, suspended, changed }) => [
        ...flow(
            behind.length === 0
                ? [plain(commit === "" ? "no commit yet" : `every layer has applied ${short(commit)}`)]
                : [
                      plain(`not at ${short(commit)}:`),
                      ...behind.map(({ layer, revision }) =>
                          plain(`${layer} ${revision ? short(revision) : "nothing yet"}`),
                      ),
                  ],
        ),
        ...flow(suspended.map((name) => marked("suspended", name))),
        ...flow(changed.map(({ release }) => marked("failed", `changed by hand: ${release}`))),
    ],
    teams: (teams) =>
        teams.length === 0
            ? [[plain("none")]]
            : teams.flatMap(({ name, objects, ready, failing, quota }) =>
                  flow([
                      marked(failing.length > 0 ? "failed" : ready === objects ? "ready" : "working", name),
                      plain(`${ready} of ${objects} ready`),
                      ...quota
                          .filter(({ share }) => share > 0)
                          .map(({ resource, used, hard }) => plain(`${resource} ${used} of ${hard}`)),
                  ]),
              ),
};

function backupLines(by: string, backups: Part<readonly Backup[]>, at: string): Lines {
    if (!isKnown(backups)) {
        return flow([{ text: `${by}: not known: ${backups.unknown}`, style: "yellow" }]);
    }
    return backups.length === 0
        ? [[plain(`${by}: no schedule`)]]
        : backups.flatMap((backup) => flow(backupPieces(by, backup, at)));
}

function backupPieces(by: string, backup: Backup, at: string): Piece[] {
    const { name, schedule, newest, overdue, state, message } = backup;
    const age = newest === "" ? "none yet" : `newest ${when(newest, at)}`;
    const due = overdue === "" || state === "failed" ? [] : [plain(`overdue ${when(overdue, at)}`)];
    return [
        marked(state, `${by} ${name}`),
        plain(`at ${schedule}`),
        plain(age),
        ...(state === "failed" ? [{ text: message, style: "red" } as const] : due),
    ];
}

/** Layers that wait for the same, together. */
function waiting(layers: Known<"layers">): [names: string, reasons: string][] {
    const groups = new Map<string, string[]>();
    for (const { name, state, waitsFor } of layers) {
        if (state !== "ready" && state !== "planned" && waitsFor.length > 0) {
            const reasons = waitsFor.join(", ");
            groups.set(reasons, [...(groups.get(reasons) ?? []), name]);
        }
    }
    return [...groups].map(([reasons, names]) => [
        `${names.join(", ")} ${names.length === 1 ? "waits" : "wait"}`,
        reasons,
    ]);
}

/** `https://<vault>.vault.azure.net/keys/<name>/<version>` in a line. */
function keyName(uri: string): string {
    const [, vault = "", key = "", version = ""] = /^https:\/\/([^./]+)[^/]*\/keys\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
    return vault === "" ? uri : `key ${key} of vault ${vault}, version ${short(version)}`;
}

function plain(text: string): Piece {
    return { text };
}

function known<T, Shown>(part: Part<T>, show: (part: T) => Shown[]): Shown[] {
    return isKnown(part) ? show(part) : [];
}

function ratio<T>(all: readonly T[], is: (one: T) => boolean): string {
    return `${all.filter(is).length} of ${all.length}`;
}
