import { createHash } from "node:crypto";
import { inPlaceOfTraefik, traefikPods } from "../../support/published-charts";
import { describeRule } from "../../support/rule-examples";

const chart = inPlaceOfTraefik(traefikPods());

/** Text of some length that does not compress: digests of numbers. */
const noise = (length: number) =>
    Array.from({ length: Math.ceil(length / 44) }, (_, index) =>
        createHash("sha256").update(String(index)).digest("base64"),
    ).join("");

/** A definition, which Helm records once as a file of the chart; as a template it is in the manifest too. */
const definition = (size: number) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: large\ndata:\n  a: ${noise(size)}\n`;

describeRule("release-records", [
    {
        finds: "a chart whose record no Secret holds",
        edits: [
            {
                file: "systems/prometheus-operator-crds/source.yaml",
                from: "oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds",
                to: "oci://docker.io/envoyproxy/gateway-crds-helm",
            },
        ],
        file: "systems/prometheus-operator-crds/release.yaml",
        line: "name: prometheus-operator-crds",
        problem: /HelmRelease flux-system\/prometheus-operator-crds has a record of 173 % of what a Secret holds/,
        fix: /GitRepository with a Kustomization/,
    },
    {
        accepts: "what fits when it is recorded once",
        edits: [],
        published: [{ ...chart, files: { ...chart.files, "crds/large.yaml": definition(700_000) } }],
    },
    {
        finds: "the same as a template, which is recorded twice",
        edits: [],
        published: [{ ...chart, files: { ...chart.files, "templates/large.yaml": definition(700_000) } }],
        file: "systems/traefik/release.yaml",
        line: "name: traefik",
        problem: /HelmRelease flux-system\/traefik has a record of 1[0-9]{2} % of what a Secret holds/,
        fix: /GitRepository with a Kustomization/,
    },
]);
