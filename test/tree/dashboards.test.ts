import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { textAt } from "../../tools/tree/object";
import { parseQuery } from "../../tools/tree/promql";
import { manifestsOf } from "../../tools/tree/tree";
import { clusterOf, committedTree, treeRoot } from "../support/tree";

/** Each system has its dashboards beside it. */
const systems = join(treeRoot, "systems");
const files = readdirSync(systems, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));

interface Panel {
    id: number;
    title: string;
    datasource?: { type?: string; uid?: string };
    targets?: { expr?: string }[];
}

interface Dashboard {
    uid?: string;
    templating: { list: { name: string; query: string }[] };
    panels: Panel[];
}

/** Variables that Grafana has by itself. */
const grafanaVariables = ["__auto", "__rate_interval", "__interval", "__range"];

describe("Dashboards", () => {
    const configMaps = async () =>
        manifestsOf(clusterOf(await committedTree(), "production"))
            .map(({ object }) => object)
            .filter(({ kind, metadata }) => kind === "ConfigMap" && metadata.name.startsWith("dashboard-"));

    it("are all in ConfigMaps, one each", async () => {
        const held = (await configMaps()).flatMap(({ data }) => Object.values(data as Record<string, string>));
        assert.deepEqual(held.sort(), files.map((file) => readFileSync(join(systems, file), "utf8")).sort());
    });

    it("are found by Grafana's sidecar, and their variables left alone by Flux", async () => {
        for (const object of await configMaps()) {
            assert.equal(textAt(object, "metadata.labels.grafana_dashboard"), "1");
            const annotation = ["metadata", "annotations", "kustomize.toolkit.fluxcd.io/substitute"];
            assert.equal(textAt(object, annotation), "disabled");
        }
    });

    for (const file of files) {
        it(`can be loaded, with a query in each panel (${file})`, () => {
            assert.deepEqual(problemsOf(readFileSync(join(systems, file), "utf8")), []);
        });
    }

    it("have an address of their own each", () => {
        const uids = files.map((file) => (JSON.parse(readFileSync(join(systems, file), "utf8")) as Dashboard).uid);
        assert.deepEqual(
            uids.filter((uid, index) => uid === undefined || uids.indexOf(uid) !== index),
            [],
        );
    });
});

describe("The rules on dashboards", () => {
    const good = readFileSync(join(systems, "flux/dashboard.json"), "utf8");

    it("find what is no JSON", () => {
        assert.match(problemsOf(good.slice(0, -2)).join(), /^is no JSON: /);
    });

    for (const [what, change, problem] of [
        ["two panels with one id", (panels: Panel[]) => panels.push({ ...first(panels) }), "two panels have id 1"],
        ["a panel without a query", (panels: Panel[]) => (first(panels).targets = []), "panel 1 has no query"],
        ["a query without a text", (panels: Panel[]) => (first(panels).targets = [{}]), "panel 1 has no query"],
        [
            "a panel without a source",
            (panels: Panel[]) => delete first(panels).datasource,
            "panel 1 has no data source",
        ],
        [
            "a variable that is not there",
            (panels: Panel[]) => (first(panels).targets = [{ expr: 'up{pod=~"$pod"}' }]),
            "panel 1 uses $pod, which is not declared",
        ],
        [
            "a query that is not PromQL",
            (panels: Panel[]) => (first(panels).targets = [{ expr: "sum(up" }]),
            "panel 1 has a query that makes no sense: sum(up",
        ],
    ] as const) {
        it(`find ${what}`, () => {
            const dashboard = JSON.parse(good) as Dashboard;
            change(dashboard.panels);
            assert.deepEqual(problemsOf(JSON.stringify(dashboard)), [problem]);
        });
    }
});

function problemsOf(text: string): string[] {
    let dashboard: Dashboard;
    try {
        dashboard = JSON.parse(text) as Dashboard;
    } catch (error) {
        return [`is no JSON: ${String(error)}`];
    }
    const ids = dashboard.panels.map(({ id }) => id);
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two panels have id ${id}`);
    const declared = [...grafanaVariables, ...dashboard.templating.list.map(({ name }) => name)];
    return [...twice, ...dashboard.panels.flatMap((panel) => panelProblems(panel, declared))];
}

function panelProblems(panel: Panel, declared: readonly string[]): string[] {
    const name = `panel ${panel.id}`;
    const queries = (panel.targets ?? []).map(({ expr }) => expr ?? "").filter((expr) => expr !== "");
    const used = [
        ...queries.join(" ").matchAll(/\$\{?(\w+)/g),
        ...(panel.datasource?.uid ?? "").matchAll(/\$\{?(\w+)/g),
    ];
    const unknown = new Set(
        used.map(([, variable = ""]) => variable).filter((variable) => !declared.includes(variable)),
    );
    return [
        ...(queries.length === 0 ? [`${name} has no query`] : []),
        ...(panel.datasource?.uid === undefined ? [`${name} has no data source`] : []),
        ...[...unknown].map((variable) => `${name} uses $${variable}, which is not declared`),
        ...queries
            .filter((query) => !makesSense(panel, query))
            .map((query) => `${name} has a query that makes no sense: ${query}`),
    ];
}

/** Loki's language has no parser here: its brackets at least match. */
function makesSense({ datasource }: Panel, query: string): boolean {
    return datasource?.type === "loki" ? isBalanced(query) : !("error" in parseQuery(query));
}

function isBalanced(query: string): boolean {
    const open: string[] = [];
    const pairs: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
    for (const [bracket] of query.replace(/"[^"]*"|`[^`]*`/g, "").matchAll(/[()[\]{}]/g)) {
        if (!(bracket in pairs)) {
            open.push(bracket);
        } else if (open.pop() !== pairs[bracket]) {
            return false;
        }
    }
    return open.length === 0;
}

function first(panels: Panel[]): Panel {
    const [panel] = panels;
    assert.ok(panel);
    return panel;
}
