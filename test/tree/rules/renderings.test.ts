import { inPlaceOfTraefik, traefikPods } from "../../support/published-charts";
import { describeRule } from "../../support/rule-examples";

const chart = inPlaceOfTraefik(traefikPods());

describeRule("renderings", [
    { accepts: "a chart that renders", edits: [], published: [chart] },
    {
        finds: "a chart that does not render with the values of its release",
        edits: [],
        published: [{ ...chart, files: { "templates/a.yaml": '{{ fail "set service.spec" }}\n' } }],
        file: "systems/traefik/release.yaml",
        line: "values:",
        problem: /HelmRelease flux-system\/traefik does not render with chart traefik: .*set service\.spec/,
        fix: /correct the values/,
    },
    {
        finds: "values that the chart's schema refuses",
        edits: [],
        published: [
            {
                ...chart,
                files: {
                    "values.schema.json": JSON.stringify({ required: ["certificate"] }),
                },
            },
        ],
        file: "systems/traefik/release.yaml",
        line: "values:",
        problem: /does not render with chart traefik: values don't meet .* missing property 'certificate'/,
        fix: /correct the values/,
    },
]);
