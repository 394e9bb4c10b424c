import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { program } from "../../tools/tree/programs";

const FOLDER = join(__dirname, "../../gitops/systems/dashboards");
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));

interface ConfigMap {
    metadata: { labels?: Record<string, string>; annotations?: Record<string, string> };
    data: Record<string, string>;
}

interface Panel {
    id: number;
    title: string;
    datasource?: { uid?: string };
    targets?: { expr?: string }[];
}

interface Dashboard {
    uid?: string;
    templating: { list: { name: string; query: string }[] };
    panels: Panel[];
}

/** Variables that Grafana has by itself. */
const GRAFANA_VARIABLES = ["__rate_interval", "__interval", "__range"];

describe("Dashboards", () => {
    const configMaps = parseAllDocuments(
        execFileSync(program("kustomize"), ["build", FOLDER], { encoding: "utf8" }),
    ).map((document) => document.toJS() as ConfigMap);

    it("are all in ConfigMaps, one each", () => {
        const held = configMaps.flatMap(({ data }) => Object.keys(data));
        assert.deepEqual(held.sort(), [...FILES].sort());
    });

    it("are found by Grafana's sidecar, and their variables left alone by Flux", () => {
        for (const { metadata } of configMaps) {
            assert.equal(metadata.labels?.grafana_dashboard, "1");
            assert.equal(metadata.annotations?.["kustomize.toolkit.fluxcd.io/substitute"], "disabled");
        }
    });

    for (const file of FILES) {
        it(`can be loaded, with a query in each panel (${file})`, () => {
            assert.deepEqual(problemsOf(readFileSync(join(FOLDER, file), "utf8")), []);
        });
    }

    it("have an address of their own each", () => {
        const uids = FILES.map((file) => (JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Dashboard).uid);
        assert.deepEqual(
            uids.filter((uid, index) => uid === undefined || uids.indexOf(uid) !== index),
            [],
        );
    });
});

describe("The rules on dashboards", () => {
    const good = readFileSync(join(FOLDER, "flux.json"), "utf8");

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
            "a bracket that is not closed",
            (panels: Panel[]) => (first(panels).targets = [{ expr: "sum(up" }]),
            "panel 1 has brackets that do not match",
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
    const declared = [...GRAFANA_VARIABLES, ...dashboard.templating.list.map(({ name }) => name)];
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
        ...(queries.every(isBalanced) ? [] : [`${name} has brackets that do not match`]),
    ];
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
