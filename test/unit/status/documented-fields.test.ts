import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { failing, fluxBut, healthyBut, known, recorded, statusOf } from "../../support/observations";

const page = path.join(__dirname, "../../../docs/status.md");

/** The paths of all fields below a value, such as `problems[].cause`. */
function fields(value: unknown, at = ""): string[] {
    if (Array.isArray(value)) {
        return value.flatMap((item) => fields(item, `${at}[]`));
    }
    if (typeof value !== "object" || value === null) {
        return [at];
    }
    return Object.entries(value).flatMap(([name, item]) => fields(item, at === "" ? name : `${at}.${name}`));
}

/** A list of texts has no fields: its name says what is in it. */
function leaf(field: string): string {
    return field.replace(/\[\]$/, "");
}

describe("docs/status.md", () => {
    const documented = [...fs.readFileSync(page, "utf8").matchAll(/^\| `([\w.[\]]+)` ◦? *\|/gm)].map(
        ([, name]) => name!,
    );
    const event = { kind: "HelmRelease", namespace: "flux-system", name: "loki" };
    const changed = { metadata: { name: "e" }, involvedObject: event, reason: "DriftDetected", message: "changed" };
    const team = { metadata: { name: "team-orders" } };
    const quotas = [
        { metadata: { name: "team", namespace: "team-orders" }, status: { hard: { pods: "20" }, used: { pods: "2" } } },
    ];
    const work = { kind: "Kustomization", metadata: { name: "team", namespace: "team-orders", generation: 1 } };
    const theirs = failing(work, "BuildFailed", "kustomize build failed");
    const teams = statusOf(
        healthyBut({
            teams: [team],
            quotas,
            events: [changed],
            flux: [...known(recorded("healthy").cluster.flux), theirs],
        }),
    );
    const flux = fluxBut("Kustomization", "infra", (object) =>
        failing(object, "BuildFailed", "kustomize build failed"),
    );
    const statuses = [
        statusOf(healthyBut({ flux })),
        ...(["healthy", "coming-up", "broken"] as const).map((name) => statusOf(recorded(name))),
        teams,
    ];
    const printed = new Set(statuses.flatMap((status) => fields(JSON.parse(JSON.stringify(status)))).map(leaf));

    it("has every field that --json prints", () => {
        const missing = [...printed].filter((field) => !documented.includes(field) && !field.endsWith(".unknown"));
        assert.deepEqual(missing, []);
    });

    it("has no field that --json does not print", () => {
        assert.deepEqual(
            documented.filter((field) => !printed.has(field)),
            [],
        );
    });
});
