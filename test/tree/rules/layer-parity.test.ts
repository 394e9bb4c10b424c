import { describeRule } from "../../support/rule-examples";

const options = { meshes: ["istio"] };

describeRule("layer-parity", [
    {
        finds: "a layer whose settings differ between environments",
        edits: [{ file: "clusters/staging/infra.yaml", from: "timeout: 15m", to: "timeout: 20m" }],
        options,
        line: "timeout: 20m",
        problem: /infra has spec\.timeout "20m", and "15m" in production/,
        fix: /the same in clusters\/staging and clusters\/production/,
    },
    {
        finds: "a dependency that one environment has alone",
        edits: [{ file: "clusters/production/infra.yaml", from: "    - name: crds\n", to: "" }],
        file: "clusters/staging/infra.yaml",
        options,
        line: "dependsOn:",
        problem: /has spec\.dependsOn .*crds.* in production/,
        fix: /make it the same/,
    },
]);
