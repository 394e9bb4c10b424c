import { list, textAt } from "./object";
import type { Sources } from "./sources";

/** A query of a dashboard to Prometheus. */
export interface DashboardQuery {
    readonly file: string;
    readonly line: number;
    readonly query: string;
}

/** Every query to Prometheus in the dashboards of a tree: those of panels, and those that fill variables. */
export function dashboardQueries(sources: Sources): readonly DashboardQuery[] {
    return sources
        .below("systems")
        .filter((file) => /\/dashboard[^/]*\.json$/.test(file))
        .flatMap((file) => {
            const { content } = sources.yaml(file);
            const variables = list(content, "templating.list")
                .map((variable) => textAt(variable, "query") ?? "")
                .flatMap((text) => /^label_values\((.*), *\w+\)$/.exec(text)?.[1] ?? []);
            const panels = list(content, "panels")
                .filter((panel) => textAt(panel, "datasource.type") === "prometheus")
                .flatMap((panel) => list(panel, "targets").map((target) => textAt(target, "expr") ?? ""));
            return [...variables, ...panels].map((query) => ({
                file,
                line: sources.lineOf(file, JSON.stringify(query).slice(1, -1)),
                query,
            }));
        });
}
