import { parseLock } from "../../../tools/tree/published/lock";
import { ChartShelf } from "../../../tools/tree/published/shelf";
import { describeRule, type Example } from "../../support/rule-examples";
import { small } from "../../support/tree-copy";

const source = "systems/traefik/source.yaml";
const release = "systems/traefik/release.yaml";
const chartRef = "  chartRef:\n    kind: OCIRepository\n    name: traefik\n";

const loose = (finds: string, to: string): Example => ({
    finds,
    edits: [{ file: source, from: "  ref:\n    tag: 41.3.0\n", to }],
    line: to === "" ? "spec:" : "ref:",
    problem: /OCIRepository flux-system\/traefik does not pin an exact version/,
    fix: /the whole version/,
});

const locked = {
    name: "traefik",
    version: "41.3.0",
    source: "oci://ghcr.io/traefik/helm/traefik",
    digest: `sha256:${"0".repeat(64)}`,
};
const shelf = new ChartShelf(parseLock(JSON.stringify({ charts: [locked] })), "");

describeRule("charts", [
    {
        finds: "a version that the lock of published charts does not know",
        edits: [{ file: source, from: "tag: 41.3.0", to: "tag: 41.4.0" }],
        options: { ...small, shelf },
        line: "tag: 41.4.0",
        problem: /installs traefik 41\.4\.0, and charts\.lock\.json has 41\.3\.0/,
        fix: /npm run tree -- charts pull/,
    },
    loose("a tag that moves", "  ref:\n    tag: latest\n"),
    loose("a tag that is only a part of a version", '  ref:\n    tag: "41.3"\n'),
    loose("a range", '  ref:\n    semver: ">=41.0.0"\n'),
    loose("no reference", ""),
    {
        accepts: "a digest beside the tag",
        edits: [{ file: source, from: "tag: 41.3.0", to: `tag: 41.3.0\n    digest: sha256:${"0".repeat(64)}` }],
    },
    {
        finds: "a release whose source does not exist",
        edits: [{ file: release, from: chartRef, to: chartRef.replace("name: traefik", "name: traefic") }],
        line: "name: traefic",
        problem: /HelmRelease flux-system\/traefik has no source OCIRepository traefic/,
        fix: /did you mean traefik\?/,
    },
    {
        finds: "a source that no release uses",
        edits: [{ file: source, from: "name: traefik", to: "name: proxy" }],
        line: "name: proxy",
        problem: /OCIRepository flux-system\/proxy is the source of no release/,
        fix: /name it in a HelmRelease/,
    },
    {
        finds: "a chart by name whose version floats",
        edits: [
            {
                file: release,
                from: chartRef,
                to: '  chart:\n    spec:\n      chart: traefik\n      version: "*"\n      sourceRef: {kind: HelmRepository, name: traefik}\n',
            },
            { file: source, from: /[^]*/, to: repository() },
        ],
        line: 'version: "*"',
        problem: /does not pin an exact version: \*/,
        fix: /the whole version of one chart/,
    },
    {
        finds: "a chart by name whose repository does not exist",
        edits: [
            {
                file: release,
                from: chartRef,
                to: "  chart:\n    spec:\n      chart: traefik\n      version: 41.3.0\n      sourceRef:\n        kind: HelmRepository\n        name: traefik\n",
            },
        ],
        line: "name: traefik",
        problem: /has no source HelmRepository traefik/,
        fix: /./,
    },
    {
        finds: "a source in another namespace",
        edits: [{ file: source, from: "namespace: flux-system", to: "namespace: traefik" }],
        line: "namespace: traefik",
        problem: /is not in flux-system/,
        fix: /namespace: flux-system/,
    },
    {
        finds: "a source in another layer",
        edits: [
            { file: "systems/traefik/kustomization.yaml", from: "  - source.yaml\n", to: "" },
            {
                file: "layers/infra-config/kustomization.yaml",
                from: "resources:\n",
                to: "resources:\n  - ../../systems/traefik/source.yaml\n",
            },
        ],
        file: release,
        line: "name: traefik",
        problem: /is in layer infra, and its source in layer infra-config/,
        fix: /one folder/,
    },
    {
        finds: "a version that is not the one whose values are in the repository",
        edits: [{ file: source, from: "41.3.0", to: "41.4.0" }],
        line: "tag: 41.4.0",
        problem: /installs traefik 41\.4\.0, and packages\/facts\/charts\/traefik is of 41\.3\.0/,
        fix: /copy values, definitions and rendered objects of 41\.4\.0 to packages\/facts\/charts\/traefik/,
    },
    {
        finds: "the same of a family of charts, at the one line that has its version",
        edits: [{ file: "systems/istio/istio-base/source.yaml", from: "1.30.3", to: "1.30.4" }],
        line: "tag: 1.30.4",
        problem:
            /OCIRepository flux-system\/istiod installs istiod 1\.30\.4, and packages\/facts\/charts\/istiod is of 1\.30\.3/,
        fix: /copy values, definitions and rendered objects/,
    },
    {
        finds: "the same of a chart that two releases install",
        edits: [{ file: "systems/alloy/source.yaml", from: "1.11.1", to: "1.11.2" }],
        line: "version: 1.11.2",
        problem:
            /HelmChart flux-system\/alloy installs alloy 1\.11\.2, and packages\/facts\/charts\/alloy is of 1\.11\.1/,
        fix: /copy values, definitions and rendered objects/,
    },
    {
        finds: "a chart that two releases install, whose version floats",
        edits: [{ file: "systems/alloy/source.yaml", from: "version: 1.11.1", to: 'version: "1.x"' }],
        line: 'version: "1.x"',
        problem: /HelmChart flux-system\/alloy does not pin an exact version: 1\.x/,
        fix: /the whole version/,
    },
    {
        finds: "a chart that the sandbox does not have",
        edits: [{ file: source, from: "traefik/helm/traefik", to: "traefik/helm/traefic" }],
        line: "url: oci://ghcr.io/traefik/helm/traefic",
        problem: /names chart traefic, which the sandbox does not have/,
        fix: /did you mean traefik\?/,
    },
]);

function repository(): string {
    const spec = "spec:\n  interval: 1h\n  url: https://traefik.github.io/charts\n";
    return `apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata:\n  name: traefik\n  namespace: flux-system\n${spec}`;
}
