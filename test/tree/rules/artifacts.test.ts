import { describeRule } from "../../support/rule-examples";

const file = "clusters/base/apps.yaml";
const podinfo = '        - { from: "@tree/systems/podinfo/*", to: "@artifact/" }\n';

describeRule("artifacts", [
    {
        finds: "an artifact that lacks a folder of the layer",
        edits: [{ file, from: podinfo, to: "" }],
        line: "copy:",
        problem:
            /ArtifactGenerator flux-system\/apps does not copy systems\/podinfo\/.*, which layer apps is built from/,
        fix: /add - \{ from: "@tree\/systems\/podinfo\/\*", to: "@artifact\/" \}/,
    },
    {
        finds: "a file that the layer begins to read",
        edits: [
            {
                file: "layers/apps/kustomization.yaml",
                from: "resources:\n",
                to: "resources:\n  - ../../policies/a.yaml\n",
            },
            {
                file: "policies/a.yaml",
                text: "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: podinfo }\n",
            },
        ],
        file,
        line: "copy:",
        problem: /does not copy policies\/a\.yaml/,
        fix: /@tree\/policies\/\*/,
    },
    {
        finds: "a copy that the layer does not need",
        edits: [{ file, from: podinfo, to: `${podinfo}${podinfo.replace("podinfo", "velero")}` }],
        line: "systems/velero",
        problem: /copies @tree\/systems\/velero\/\*, of which layer apps reads nothing/,
        fix: /take the line away/,
    },
    {
        finds: "a copy that loses the path",
        edits: [{ file, from: "systems/podinfo/*", to: "systems/podinfo" }],
        line: "systems/podinfo",
        problem: /copies @tree\/systems\/podinfo, which loses its path/,
        fix: /write - \{ from: "@tree\/<folder>\/\*"/,
    },
    {
        finds: "a copy to another place",
        edits: [{ file, from: `podinfo/*", to: "@artifact/"`, to: `podinfo/*", to: "@artifact/podinfo/"` }],
        line: "systems/podinfo",
        problem: /to @artifact\/podinfo\/, and not to the same place/,
        fix: /to: "@artifact\/"/,
    },
    {
        finds: "a layer without a generator",
        edits: [{ file, from: /---[^]*/, to: "" }],
        line: "sourceRef:",
        problem: /Kustomization flux-system\/apps has no ArtifactGenerator of its name/,
        fix: /write an ArtifactGenerator apps into clusters\/base\/apps\.yaml/,
    },
]);
