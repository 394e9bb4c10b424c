import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** A metric that a query names. */
interface MetricUse {
    readonly name: string;
    /** Offset in the query. */
    readonly offset: number;
    /** The function that reads its samples over a time, such as `rate`. */
    readonly over: string | undefined;
}

/** What a query says, or where it stops making sense. */
export type Query = { readonly uses: readonly MetricUse[] } | { readonly error: number };

/** Grafana's variables and Flagger's template for a length of time. */
const placeholders = /\$__(?:rate_interval|interval|range|auto)\b|\{\{ *interval *\}\}/g;

/** Reads a query with Prometheus' own grammar. */
export function parseQuery(query: string): Query {
    const text = query.replace(placeholders, (found) => "5m".padEnd(found.length));
    const uses: MetricUse[] = [];
    let error: number | undefined;
    parser.parse(text).iterate({
        enter: ({ type, node, from, to }) => {
            if (type.isError) {
                error ??= from;
            } else if (type.name === "VectorSelector") {
                const name = node.getChild("Identifier");
                uses.push({
                    name: name ? text.slice(name.from, name.to) : text.slice(from, to),
                    offset: from,
                    over: functionAround(node, text),
                });
            }
        },
    });
    return error === undefined ? { uses } : { error };
}

/** The function whose argument is this range of a metric. */
function functionAround(selector: SyntaxNode, text: string): string | undefined {
    const range = selector.parent;
    const call = range?.name === "MatrixSelector" ? range.parent?.parent : undefined;
    const name = call?.getChild("FunctionIdentifier");
    return name ? text.slice(name.from, name.to) : undefined;
}
