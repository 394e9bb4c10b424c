import { inPlaceOfTraefik } from "../../support/published-charts";
import { describeRule } from "../../support/rule-examples";

const file = "systems/traefik/release.yaml";

/**
 * A chart that reads what the tree sets for Traefik, by way of a sub-chart's habit: the first value that is there wins.
 * Each rendering makes another password.
 */
const chart = (text: string, values = "") => {
    const traefik = inPlaceOfTraefik();
    const objects = ["settings", "secret"].map((name, index) => {
        const data = index === 0 ? text : "{{ randAlphaNum 20 | quote }}";
        return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { text: ${data} }\n`;
    });
    return { ...traefik, files: { "templates/objects.yaml": objects.join("---\n"), "values.yaml": values } };
};
const everything = "{{ .Values | toJson | quote }}";
/** All but one value, as a template that prefers another one. */
const shadowed = '{{ omit .Values "priorityClassName" | toJson | quote }}';

describeRule("idle-values", [
    {
        finds: "a value that another one shadows",
        edits: [],
        published: [chart(shadowed)],
        file,
        line: "priorityClassName:",
        problem:
            /^HelmRelease flux-system\/traefik sets priorityClassName, which changes nothing of what chart traefik makes$/,
        fix: /take it out, or set what the chart reads in its place/,
    },
    { accepts: "values that all do something", edits: [], published: [chart(everything)] },
    {
        accepts: "a value that repeats the chart's default",
        edits: [],
        published: [chart(shadowed, "priorityClassName: platform-critical\n")],
    },
    {
        finds: "an empty map, which takes nothing away",
        edits: [{ file, from: "priorityClassName:", to: "labels: {}\n    priorityClassName:" }],
        published: [chart(everything, "labels: { a: b }\n")],
        line: "labels: {}",
        problem: /sets labels, which changes nothing/,
        fix: /take it out/,
    },
    {
        accepts: "a value that does something in another environment alone",
        edits: [],
        options: { meshes: ["istio"] },
        published: [
            chart(
                `{{ if eq (int .Values.deployment.replicas) 1 }}${shadowed}{{ else }}${everything}{{ end }}`,
                "deployment: { replicas: 1 }\n",
            ),
        ],
    },
]);
