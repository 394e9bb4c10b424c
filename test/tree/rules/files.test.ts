import { describeRule } from "../../support/rule-examples";

describeRule("files", [
    {
        finds: "a picture that Flux leaves out of what it fetches",
        edits: [
            {
                file: "systems/podinfo/kustomization.yaml",
                from: /$/,
                to: "configMapGenerator:\n  - name: logo\n    files:\n      - logo.png\n",
            },
            { file: "systems/podinfo/logo.png", text: "PNG\n" },
        ],
        line: "- logo.png",
        problem: /names systems\/podinfo\/logo\.png, which Flux leaves out/,
        fix: /give it another name or ending/,
    },
    {
        finds: "a submodule",
        edits: [{ file: "systems/podinfo/vendor/.git", text: "gitdir: ../../.git/modules/vendor\n" }],
        file: "systems/podinfo/vendor",
        line: "",
        problem: /is a checkout of another repository/,
        fix: /remove its \.git/,
    },
    {
        finds: "a file that is no text",
        edits: [{ file: "systems/podinfo/logo.bin", text: "a\0b" }],
        line: "",
        problem: /is no text in UTF-8/,
        fix: /convert it/,
    },
    {
        accepts: "a chart beside the manifests",
        edits: [
            { file: "systems/podinfo/chart/Chart.yaml", text: "apiVersion: v2\nname: app\nversion: 0.1.0\n" },
            { file: "systems/podinfo/chart/templates/cm.yaml", text: "{{- if .Values.a }}\na: b\n{{- end }}\n" },
        ],
    },
]);
