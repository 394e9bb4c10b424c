import { type AlertRule, alertRulesOf, systemOf } from "../alerts";
import type { Finding } from "../finding";
import { label, textAt } from "../object";
import type { Sources } from "../sources";
import { at, type Cluster, findingAt, inEveryCluster, listedLayers, ofKind, type Tree } from "../tree";
import { sampleVariables } from "../variables";

const severities = ["critical", "warning", "info"];

/** Kinds that run pods. */
const workloads = ["HelmRelease", "Deployment", "StatefulSet", "DaemonSet", "Cluster"];

/** A layer of definitions runs nothing that could fail. */
const definitions = "crds";

/** Prometheus keeps the rules of every other namespace to the series of that namespace. */
const platformNamespace = "monitoring";

/**
 * An installed system has alerts. Each says how bad it is, which system it is about, what happens and what to do, by a
 * link to a heading of a page that the fleet repository has, too.
 */
export function alerts(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const rules = alertRulesOf(cluster);
        const platform = rules.filter(({ manifest }) => systemOf(manifest.file) !== undefined);
        return [
            ...systemsWithout(cluster, platform),
            ...rules.flatMap(labelFindings),
            ...platform.flatMap((rule) => platformFindings(tree.sources, rule)),
        ];
    });
}

function systemsWithout(cluster: Cluster, rules: readonly AlertRule[]): Finding[] {
    const watched = new Set(rules.filter(({ alert }) => alert).map(({ manifest }) => systemOf(manifest.file)));
    const installed = listedLayers(cluster)
        .filter(({ name }) => name !== definitions)
        .flatMap(({ manifests }) => ofKind(manifests, ...workloads));
    return installed.flatMap((manifest) => {
        const system = systemOf(manifest.file);
        return system === undefined || watched.has(system)
            ? []
            : [
                  findingAt(
                      manifest,
                      "metadata.name",
                      "has no alert, so nobody learns that it fails",
                      `write a PrometheusRule in systems/${system}/alerts.yaml, and add it to systems/${system}/kustomization.yaml`,
                  ),
              ];
    });
}

/** What an alert of a team needs, too. */
function labelFindings(rule: AlertRule): Finding[] {
    if (rule.alert === undefined) {
        return [];
    }
    const severity = textAt(rule.rule, "labels.severity");
    const known = severity !== undefined && severities.includes(severity);
    return [
        ...(known
            ? []
            : [
                  found(
                      rule,
                      "labels.severity",
                      severity === undefined ? "has no severity, so no route takes it" : `has severity ${severity}`,
                      `set labels.severity to ${severities.join(", ")}`,
                  ),
              ]),
        ...["summary", "description"]
            .filter((name) => (textAt(rule.rule, ["annotations", name]) ?? "") === "")
            .map((name) =>
                found(rule, "annotations", `has no ${name}`, `write annotations.${name}: messages consist of it`),
            ),
    ];
}

function platformFindings(sources: Sources, rule: AlertRule): Finding[] {
    const { manifest, alert } = rule;
    const { namespace } = manifest.object.metadata;
    const elsewhere =
        namespace === platformNamespace
            ? []
            : [
                  findingAt(
                      manifest,
                      "metadata.namespace",
                      `sees the series of ${namespace ?? "no namespace"} alone, as a team's would`,
                      `put it into namespace ${platformNamespace}`,
                  ),
              ];
    if (alert === undefined) {
        return elsewhere;
    }
    const system = systemOf(manifest.file) ?? "";
    const isNamed = textAt(rule.rule, "labels.system") === system;
    const wanted = `set labels.system to ${system}: a critical alert silences the warnings of its system`;
    return [
        ...elsewhere,
        ...(isNamed ? [] : [found(rule, "labels.system", "does not name its system", wanted)]),
        ...runbookFindings(sources, rule, alert),
    ];
}

/** Where the fleet repository shows its files. */
const pages = `${sampleVariables.fleet_url}/blob/${sampleVariables.fleet_branch}/`;

function runbookFindings(sources: Sources, rule: AlertRule, alert: string): Finding[] {
    const system = systemOf(rule.manifest.file) ?? "";
    const page = `systems/${system}/runbook.md`;
    const url = textAt(rule.rule, "annotations.runbook_url");
    const fix = `write \${fleet_url}/blob/\${fleet_branch}/${page}#${slug(alert)}, and the heading "## ${alert}" in ${page}`;
    const problem = url === undefined ? "has no runbook_url" : runbookProblem(sources, url);
    return problem === undefined ? [] : [found(rule, "annotations.runbook_url", problem, fix)];
}

function runbookProblem(sources: Sources, url: string): string | undefined {
    if (!url.startsWith(pages)) {
        return "has a runbook_url outside of the fleet repository";
    }
    const [file = "", anchor = ""] = url.slice(pages.length).split("#");
    if (!sources.has(file)) {
        return `links to ${file}, which the tree does not have`;
    }
    const headings = [...sources.text(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => slug(heading));
    return headings.includes(anchor) ? undefined : `links to #${anchor}, which is no heading of ${file}`;
}

/** The anchor that GitHub gives a heading. */
function slug(heading: string): string {
    return heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-");
}

function found({ manifest, path, alert }: AlertRule, within: string, problem: string, fix: string): Finding {
    const place = at(manifest, [...path, ...within.split(".")]);
    return { ...place, problem: `${alert ?? ""} of ${label(manifest.object)} ${problem}`, fix };
}
