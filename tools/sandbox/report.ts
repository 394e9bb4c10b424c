import type { ObjectStatus } from "../../components/gitops/readiness/flux-status";
import type { LayerTime } from "./layer-times";
import type { CriticalPath, EngineSummary, Phase } from "@landfall/sandbox";

/** What a run did and how it ended, as `--report` writes it. */
export interface Report {
    readonly stack: string;
    readonly ready: boolean;
    readonly ms: number;
    readonly phases: readonly Phase[];
    readonly changes: EngineSummary["changes"];
    readonly resources: EngineSummary["resources"];
    readonly git: { readonly commits: number; readonly files: number };
    readonly calls: { readonly azure: number; readonly github: number };
    /** How long the run would have taken at Azure, and what it would have waited for. */
    readonly onAzure: CriticalPath;
    readonly flux: readonly ObjectStatus[];
    /** The layers that the run waited for, one after another; none if no layer became Ready in it. */
    readonly slowestLayers: readonly LayerTime[];
}

const shownKinds = ["Kustomization", "HelmRelease"];

/** The layers and releases with their state, one line each. */
export function fluxTable(objects: readonly ObjectStatus[]): string {
    const rows = objects
        .filter(({ kind }) => shownKinds.includes(kind))
        .sort((a, b) => shownKinds.indexOf(a.kind) - shownKinds.indexOf(b.kind) || a.name.localeCompare(b.name))
        .map(({ kind, namespace, name, ready, reason, message, revision }) => [
            kind,
            `${namespace}/${name}`,
            ready ? "Ready" : reason,
            ready ? shorten(revision) : (message.split("\n")[0] ?? ""),
        ]);
    return columns([["KIND", "NAME", "STATE", "REVISION"], ...rows]);
}

/** What the last layer to be Ready waited for, layer by layer. */
export function layersTable(chain: readonly LayerTime[]): string {
    const rows = chain.map(({ name, readyAt, waitedFor, idle, build, health, failures, slowest }) => [
        name,
        seconds(readyAt),
        waitedFor,
        `${seconds(idle)}${failures > 0 ? `, ${failures} ${failures === 1 ? "try" : "tries"} failed` : ""}`,
        seconds(build),
        seconds(health),
        slowest ? `${slowest.name}: chart ${seconds(slowest.waited)}, Helm ${seconds(slowest.helm)}` : "",
    ]);
    return columns([["CRITICAL PATH", "READY", "AFTER", "IDLE", "BUILD", "HEALTH", "SLOWEST RELEASE"], ...rows]);
}

function seconds(value: number): string {
    return `${value.toFixed(1)} s`;
}

export function summaryLines({ changes, git, calls, phases, ms, onAzure }: Report): string {
    const changed = Object.entries(changes)
        .filter(([, count]) => count > 0)
        .map(([op, count]) => `${count} ${op}`);
    return [
        `Resources   ${changed.join(", ")}`,
        `Git         ${git.commits} ${git.commits === 1 ? "commit" : "commits"}, ${git.files} files`,
        `Calls       ${calls.azure} to Azure, ${calls.github} to GitHub`,
        `Time        ${(ms / 1000).toFixed(1)} s (${phases.map((p) => `${p.name} ${(p.ms / 1000).toFixed(1)}`).join(", ")})`,
        ...(onAzure.seconds > 0 ? [`On Azure    ${minutes(onAzure.seconds)}, waiting for ${chainOf(onAzure)}`] : []),
    ].join("\n");
}

/** The steps of the longest chain that are worth a word. */
function chainOf({ chain, seconds }: CriticalPath): string {
    const shown = chain.filter((step) => step.seconds >= seconds / 100);
    return shown.map((step) => `${step.name} ${minutes(step.seconds)}`).join(" → ");
}

/** Seconds, as people say them. */
function minutes(seconds: number): string {
    return seconds < 60 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
}

function columns(rows: readonly (readonly string[])[]): string {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
    return rows
        .map((row) =>
            row
                .map((cell, column) => cell.padEnd(widths[column] ?? 0))
                .join("  ")
                .trimEnd(),
        )
        .join("\n");
}

function shorten(revision: string): string {
    return revision.replace(/^latest@(?=sha256:)/, "").replace(/(sha(1|256):[0-9a-f]{8})[0-9a-f]+$/, "$1");
}
