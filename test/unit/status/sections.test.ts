import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Observation } from "../../../tools/status/read/observation";
import { quantity } from "../../../tools/status/sections/quantity";
import { schedulePeriod } from "../../../tools/status/sections/schedule-period";
import { failing, fluxBut, healthyBut, known, recorded, statusOf } from "../../support/observations";
import { chartSchemasFolder } from "@landfall/facts";

const at = "2027-03-10T12:00:00Z";

/** The stack that is Ready at a later time. */
function later(seen: Observation): Observation {
    return { ...seen, at };
}

describe("the backups of a status", () => {
    const schedule = (name: string, cron: string) => ({
        metadata: { name, namespace: "velero", creationTimestamp: "2027-01-01T00:00:00Z" },
        spec: { schedule: cron },
        status: { phase: "Enabled" },
    });
    const backup = (name: string, completionTimestamp: string, phase = "Completed") => ({
        metadata: {
            name: completionTimestamp,
            namespace: "velero",
            labels: { "velero.io/schedule-name": name },
        },
        status: { phase, completionTimestamp, errors: 3 },
    });
    const velero = (...backups: ReturnType<typeof backup>[]) =>
        statusOf(later(healthyBut({ schedules: [schedule("daily", "30 2 * * *")], backups })));
    const problemsOf = ({ problems }: ReturnType<typeof statusOf>) =>
        problems.filter(({ object }) => object === "Schedule velero/daily").map(({ message }) => message);

    it("take the newest that succeeded, whose age is no problem for 26 hours", () => {
        const status = velero(backup("daily", "2027-03-09T10:30:00Z"), backup("daily", "2027-03-08T02:31:00Z"));
        const [daily] = known(status.backups.velero);
        assert.equal(daily?.newest, "2027-03-09T10:30:00Z");
        assert.equal(daily.overdue, "2027-03-10T12:30:00.000Z");
        assert.deepEqual(problemsOf(status), []);
    });

    it("are wrong when the newest is older, or when there never was one", () => {
        assert.deepEqual(problemsOf(velero(backup("daily", "2027-03-09T09:30:00Z"))), [
            "the newest is of 2027-03-09T09:30:00Z",
        ]);
        assert.deepEqual(problemsOf(velero(backup("hourly", "2027-03-10T11:30:00Z"))), ["there is none"]);
    });

    it("are wrong when one failed since the newest that succeeded, and not when it failed before", () => {
        const good = backup("daily", "2027-03-10T02:31:00Z");
        assert.match(
            problemsOf(velero(good, backup("daily", "2027-03-10T11:00:00Z", "PartiallyFailed")))[0] ?? "",
            /the backup of 2027-03-10T11:00:00Z failed: PartiallyFailed, 3 errors/,
        );
        assert.deepEqual(problemsOf(velero(good, backup("daily", "2027-03-10T01:00:00Z", "Failed"))), []);
    });

    it("of PostgreSQL belong to the cluster of their schedule", () => {
        const metadata = { name: "postgresql", namespace: "postgresql", creationTimestamp: "2027-01-01T00:00:00Z" };
        const postgresqlSchedules = [{ metadata, spec: { schedule: "0 30 1 * * *", cluster: { name: "postgresql" } } }];
        const made = (cluster: string) => ({
            metadata: { name: "b", namespace: "postgresql" },
            spec: { cluster: { name: cluster } },
            status: { phase: "completed", stoppedAt: "2027-03-10T01:31:00Z" },
        });
        const seen = (cluster: string) =>
            statusOf(later(healthyBut({ postgresqlSchedules, postgresqlBackups: [made(cluster)] })));
        assert.equal(known(seen("postgresql").backups.postgresql)[0]?.newest, "2027-03-10T01:31:00Z");
        const [problem] = seen("another").problems.filter(({ object }) => object.includes("postgresql"));
        assert.equal(problem?.command, "kubectl get backups.postgresql.cnpg.io -n postgresql");
    });

    it("are wrong when Velero does not reach its container", () => {
        const locations = [
            { metadata: { name: "default", namespace: "velero" }, status: { phase: "Unavailable", message: "403" } },
        ];
        assert.equal(statusOf(healthyBut({ locations })).problems[0]?.object, "BackupStorageLocation velero/default");
    });

    for (const [kind, fields] of [
        ["velero.io/backup_v1", ["phase", "startTimestamp", "completionTimestamp", "failureReason", "errors"]],
        ["velero.io/schedule_v1", ["phase", "validationErrors"]],
        ["velero.io/backupstoragelocation_v1", ["phase", "message"]],
        ["postgresql.cnpg.io/scheduledbackup_v1", ["error"]],
        ["cert-manager.io/certificate_v1", ["conditions", "notAfter", "renewalTime"]],
    ] as const) {
        it(`read what the definition of ${kind} has`, () => {
            const file = path.join(chartSchemasFolder, `${kind}.json`);
            const schema = JSON.parse(fs.readFileSync(file, "utf8")) as {
                properties: { status: { properties: Record<string, unknown> } };
            };
            fields.forEach((field) => assert.ok(field in schema.properties.status.properties, field));
        });
    }
});

describe("the longest time between two runs of a schedule", () => {
    const hour = 3_600_000;
    for (const [schedule, hours] of [
        ["30 2 * * *", 24],
        ["5 * * * *", 1],
        ["*/15 * * * *", 1],
        ["0 30 1 * * *", 24],
        ["0 */6 * * *", 6],
        ["0 3 * * 0", 7 * 24],
        ["0 3 1 * *", 31 * 24],
        ["@daily", 24],
        ["@every 12h", 12],
        ["CRON_TZ=Europe/Berlin 30 2 * * *", 24],
        ["0 3 1,15 * *", undefined],
        ["0 3 * 6 *", undefined],
        ["nonsense", undefined],
    ] as const) {
        it(`of ${schedule} is ${hours === undefined ? "not known" : `${hours} hours`}`, () => {
            assert.equal(schedulePeriod(schedule), hours === undefined ? undefined : hours * hour);
        });
    }
});

describe("the certificates of a status", () => {
    const certificate = (conditions: { type: string; status: string }[], times: object = {}) => ({
        metadata: { name: "tls", namespace: "traefik" },
        status: { conditions: conditions.map((one) => ({ message: "because", ...one })), ...times },
    });
    const problemsOf = (one: ReturnType<typeof certificate>) =>
        statusOf(later(healthyBut({ certificates: [one] }))).problems.filter(({ part }) => part === "certificates");
    const issued = { type: "Ready", status: "True" };

    it("are no problem while the first is on its way, or before the renewal", () => {
        assert.deepEqual(problemsOf(certificate([{ type: "Ready", status: "False" }])), []);
        const times = { notAfter: "2027-04-09T12:00:00Z", renewalTime: "2027-03-10T11:00:00Z" };
        assert.deepEqual(problemsOf(certificate([issued], times)), []);
    });

    it("are a problem when an issuance failed, or a renewal is a day late", () => {
        const failed = [
            { type: "Ready", status: "False" },
            { type: "Issuing", status: "False" },
        ];
        assert.equal(problemsOf(certificate(failed))[0]?.message, "because");
        const times = { notAfter: "2027-04-08T12:00:00Z", renewalTime: "2027-03-09T11:00:00Z" };
        assert.match(problemsOf(certificate([issued], times))[0]?.message ?? "", /^expires 2027-04-08T12:00:00Z/);
    });
});

describe("the keys of a status", () => {
    const withKey = (attributes: object) => {
        const seen = later(recorded("healthy"));
        const azure = known(seen.azure);
        const properties = { keyUriWithVersion: "https://v.vault.azure.net/keys/sops/1", attributes };
        const { problems } = statusOf({ ...seen, azure: { ...azure, key: { properties } } });
        return problems.filter(({ part }) => part === "keys").map(({ severity, message }) => [severity, message]);
    };

    it("are a problem when the Key Vault key is disabled or expires", () => {
        assert.deepEqual(withKey({ enabled: true }), []);
        assert.equal(withKey({ enabled: false })[0]?.[0], "error");
        const exp = (time: string) => Date.parse(time) / 1000;
        assert.equal(withKey({ exp: exp("2027-03-30T00:00:00Z") })[0]?.[0], "warning");
        assert.equal(withKey({ exp: exp("2027-03-01T00:00:00Z") })[0]?.[0], "error");
        assert.deepEqual(withKey({ exp: exp("2027-06-01T00:00:00Z") }), []);
    });
});

describe("the teams of a status", () => {
    const teams = [{ metadata: { name: "team-orders" } }];
    const quota = (used: string) => ({
        metadata: { name: "team", namespace: "team-orders" },
        status: {
            hard: { "requests.memory": "4Gi", pods: "20", "services.loadbalancers": "0" },
            used: { "requests.memory": used, pods: "5" },
        },
    });
    const flux = fluxBut("Kustomization", "apps", (object) => object).concat(
        ["web", "jobs"].map((name) => ({
            kind: "Kustomization",
            metadata: { name, namespace: "team-orders", generation: 1 },
            status: {
                observedGeneration: 1,
                conditions: [{ type: "Ready", status: "True", reason: "ReconciliationSucceeded", message: "" }],
            },
        })),
    );

    it("have their objects and the limits that are used most", () => {
        const status = statusOf(healthyBut({ teams, quotas: [quota("3Gi")], flux }));
        const [team] = known(status.teams);
        assert.deepEqual([team?.objects, team?.ready, team?.failing], [2, 2, []]);
        assert.deepEqual(
            team?.quota.map(({ resource, share }) => [resource, share]),
            [
                ["requests.memory", 0.75],
                ["pods", 0.25],
            ],
        );
        assert.deepEqual(status.problems, []);
    });

    it("are warned of, and leave the platform healthy, when they fail or use their quota up", () => {
        const broken = flux.map((object) =>
            object.metadata.name === "jobs" ? failing(object, "BuildFailed", "kustomize build failed") : object,
        );
        const { healthy, problems } = statusOf(healthyBut({ teams, quotas: [quota("3900Mi")], flux: broken }));
        assert.equal(healthy, true);
        assert.deepEqual(
            problems.map(({ severity, object }) => [severity, object]),
            [
                ["warning", "Kustomization team-orders/jobs"],
                ["warning", "Namespace team-orders"],
            ],
        );
        assert.equal(problems[0]?.cause, "kustomize cannot build this path");
        assert.equal(problems[1]?.message, "uses 3900Mi of 4Gi requests.memory");
    });
});

describe("a quantity of Kubernetes", () => {
    for (const [text, number] of [
        ["500m", 0.5],
        ["4Gi", 4 * 2 ** 30],
        ["1k", 1000],
        ["20", 20],
        ["1e3", 1000],
    ] as const) {
        it(`${text} is ${number}`, () => assert.equal(quantity(text), number));
    }

    it("is no number when it is none", () => assert.ok(Number.isNaN(quantity("many"))));
});
