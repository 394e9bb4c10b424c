import { describeRule } from "../../support/rule-examples";
import type { Edit } from "../../support/tree-copy";

/** As `npm run tree -- add team` lists teams in an environment. */
const listed = (environment: string, ...teams: readonly string[]): Edit => ({
    file: `clusters/${environment}/kustomization.yaml`,
    from: /(components:\n {2}- \.\.\/base\n)[^]*/,
    to: [
        "components:\n  - ../base\npatches:\n  - target: { kind: Kustomization, name: tenants }\n    patch: |\n",
        ...teams.map((team) => `      - { op: add, path: /spec/components/0, value: ../../tenants/${team} }\n`),
    ].join(""),
});

const charts = "tenants/team-helm/charts.yaml";
const images = "tenants/team-kustomize/images.yaml";
const inProduction = { options: { environments: ["production"], meshes: ["istio"] } };

describeRule("pre-releases", [
    {
        finds: "charts' pre-releases in every environment",
        edits: [{ file: charts, from: 'semver: ">=0.1.0"', to: 'semver: ">=0.1.0-0"' }],
        line: "semver:",
        problem: /OCIRepository team-helm\/front follows pre-releases \(>=0\.1\.0-0\) in every environment/,
        fix: /without -0, and a patch with it for one environment/,
    },
    {
        finds: "charts' pre-releases in production by a patch",
        edits: [
            {
                file: "tenants/team-helm/charts-production.yaml",
                text: "- { op: replace, path: /spec/ref/semver, value: '>=0.1.0-0' }\n",
            },
            {
                file: "clusters/production/tenants/kustomization.yaml",
                from: /#[^]*/,
                to: "patches:\n  - path: ../../../tenants/team-helm/charts-production.yaml\n    target: { kind: OCIRepository, name: back }\n",
            },
            listed("production", "team-helm"),
        ],
        line: "semver",
        problem: /OCIRepository team-helm\/back follows pre-releases/,
        fix: /for one environment/,
        ...inProduction,
    },
    {
        finds: "charts' pre-releases in production by the patch of another environment",
        edits: [
            {
                file: "clusters/production/tenants/kustomization.yaml",
                from: /#[^]*/,
                to: "patches:\n  - path: ../../../tenants/team-helm/charts-staging.yaml\n    target: { kind: OCIRepository, name: front|back }\n",
            },
            listed("production", "team-helm"),
        ],
        file: "tenants/team-helm/charts-staging.yaml",
        line: "semver",
        problem: /follows pre-releases \(>=0\.1\.0-0\)/,
        fix: /for one environment/,
        ...inProduction,
    },
    {
        finds: "images' pre-releases in every environment",
        edits: [{ file: images, from: 'range: ">=1.0.0"', to: 'range: ">=1.0.0-rc.1"' }],
        line: "range:",
        problem: /ImagePolicy team-kustomize\/app follows pre-releases \(>=1\.0\.0-rc\.1\)/,
        fix: /for one environment/,
    },
    {
        finds: "an order of images that has no pre-releases to leave out",
        edits: [
            {
                file: images,
                from: /    semver:\n.*\n {6}range: .+\n/,
                to: "    numerical: { order: asc }\n",
            },
        ],
        line: "numerical:",
        problem: /ImagePolicy team-kustomize\/app follows every tag in numerical order, pre-releases too/,
        fix: /another order for one environment/,
    },
    {
        finds: "the platform's own pre-releases",
        edits: [{ file: "systems/podinfo/image-policy.yaml", from: "range: 6.x", to: "range: 6.x-0" }],
        line: "range:",
        problem: /ImagePolicy flux-system\/podinfo follows pre-releases \(6\.x-0\)/,
        fix: /for one environment/,
    },
    { accepts: "pre-releases in staging by a patch", edits: [listed("staging", "team-helm", "team-kustomize")] },
]);
