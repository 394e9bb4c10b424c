import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { type AlertRule, alertRulesOf, systemOf } from "../../tools/tree/alerts";
import { mapAt, textAt } from "../../tools/tree/object";
import { program } from "../../tools/tree/programs";
import { type AlertCases, alertCases } from "../support/alert-cases";
import { committedTree } from "../support/tree";

const cases = alertCases();

describe("The rules of Prometheus", function () {
    this.timeout(60_000);

    it("each have a case in which they fire and one in which they are silent", async () => {
        const written = [...cases].flatMap(([system, rules]) => [...rules.keys()].map((name) => `${system}/${name}`));
        const ruled = [...(await rulesBySystem())].flatMap(([system, rules]) =>
            rules.map((rule) => `${system}/${nameOf(rule)}`),
        );
        assert.deepEqual(written.sort(), ruled.sort());
    });

    for (const [system, rules] of cases) {
        it(`do what their cases say (${system})`, async () => {
            const own = (await rulesBySystem()).get(system) ?? [];
            assert.equal(await promtoolSays(own, rules), "");
        });
    }
});

describe("The cases of rules", function () {
    this.timeout(60_000);
    const connections = "MemcachedConnectionsNearlyExhausted";

    for (const [what, system, alert, from, to, said] of [
        ["a threshold that is never reached", "memcached", connections, "0.9", "1.9", /got:\[\]/],
        ["a threshold that is always reached", "memcached", connections, "0.9", "0", /exp:\[\]/],
        ["an expression that does not parse", "memcached", connections, /^/, "(", /unclosed left parenthesis/],
        ["a rule that takes Unknown for well", "flux", "FluxReconciliationFailing", '!="True"', '="False"', /got:\[\]/],
    ] as const) {
        it(`find ${what}`, async () => {
            const own = ((await rulesBySystem()).get(system) ?? [])
                .filter((each) => each.alert === alert)
                .map((each) => ({ ...each, expr: each.expr.replace(from, to) }));
            const answer = await promtoolSays(own, cases.get(system) ?? new Map<string, AlertCases>());
            assert.match(answer, said);
        });
    }
});

/** Every rule of the tree once. */
async function rulesBySystem(): Promise<ReadonlyMap<string, readonly AlertRule[]>> {
    const bySystem = new Map<string, Map<string, AlertRule>>();
    for (const rule of (await committedTree()).clusters.flatMap(alertRulesOf)) {
        const system = systemOf(rule.manifest.file) ?? path.dirname(rule.manifest.file).replaceAll("/", "-");
        bySystem.set(system, (bySystem.get(system) ?? new Map<string, AlertRule>()).set(nameOf(rule), rule));
    }
    return new Map([...bySystem].map(([system, rules]) => [system, [...rules.values()]]));
}

function nameOf({ alert, rule }: AlertRule): string {
    return alert ?? textAt(rule, "record") ?? "";
}

/** What `promtool test rules` has against some rules and their cases; nothing if all is well. */
async function promtoolSays(rules: readonly AlertRule[], of: ReadonlyMap<string, AlertCases>): Promise<string> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "alert-rules-"));
    try {
        // promtool compares every annotation: only the summary is worth writing down in each case.
        const written = rules.map(({ rule, expr }) =>
            "annotations" in rule
                ? { ...rule, expr, annotations: { summary: textAt(rule, "annotations.summary") } }
                : { ...rule, expr },
        );
        fs.writeFileSync(path.join(folder, "rules.yaml"), stringify({ groups: [{ name: "all", rules: written }] }));
        const tests = rules.flatMap((rule) => testsOf(rule, of.get(nameOf(rule))));
        const file = path.join(folder, "tests.yaml");
        fs.writeFileSync(file, stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests }));
        await promisify(execFile)(program("promtool"), ["test", "rules", file]);
        return "";
    } catch (error) {
        const { stdout, stderr } = error as { stdout?: string; stderr?: string };
        if (stderr === undefined) {
            throw error;
        }
        return `${stdout}${stderr}`.replaceAll(folder, "");
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

function testsOf(rule: AlertRule, of: AlertCases | undefined): object[] {
    if (of === undefined) {
        return [];
    }
    const base = (each: { series: Record<string, string> }) => ({
        interval: "1m",
        name: nameOf(rule),
        input_series: Object.entries(each.series).map(([series, values]) => ({ series, values })),
    });
    if ("records" in of) {
        return of.records.map((each) => ({
            ...base(each),
            promql_expr_test: [
                {
                    expr: nameOf(rule),
                    eval_time: each.at,
                    exp_samples: each.gives.map(({ labels, value }) => ({
                        labels: `${nameOf(rule)}{${Object.entries(labels)
                            .map(([key, text]) => `${key}=${JSON.stringify(text)}`)
                            .join(",")}}`,
                        value,
                    })),
                },
            ],
        }));
    }
    const expected = (alerts: object[], at: string) => [{ eval_time: at, alertname: nameOf(rule), exp_alerts: alerts }];
    const labels = mapAt(rule.rule, "labels");
    const own = textAt(rule.rule, "annotations.summary");
    return [
        ...of.fires.map((each) => ({
            ...base(each),
            alert_rule_test: expected(
                [{ exp_labels: { ...labels, ...each.labels }, exp_annotations: { summary: each.summary ?? own } }],
                each.at,
            ),
        })),
        ...of.silent.map((each) => ({ ...base(each), alert_rule_test: expected([], each.at) })),
    ];
}
