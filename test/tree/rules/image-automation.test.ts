import { describeRule } from "../../support/rule-examples";

const automation = "systems/flux/image-automation.yaml";
const policy = "systems/podinfo/image-policy.yaml";

describeRule("image-automation", [
    {
        finds: "a marker that names no policy",
        edits: [
            {
                file: "clusters/staging/apps/kustomization.yaml",
                from: "flux-system:podinfo:tag",
                to: "flux-system:podinfos:tag",
            },
        ],
        line: "flux-system:podinfos:tag",
        problem: /the marker names ImagePolicy flux-system:podinfos, which the tree does not have/,
        fix: /did you mean flux-system:podinfo\?/,
    },
    {
        finds: "a marker where no automation looks",
        edits: [
            {
                file: "systems/traefik/source.yaml",
                from: "tag: 41.3.0",
                to: 'tag: 41.3.0 # {"$imagepolicy": "flux-system:podinfo:tag"}',
            },
        ],
        line: "tag: 41.3.0",
        problem: /no ImageUpdateAutomation covers this marker/,
        fix: /widen spec\.update\.path/,
    },
    {
        finds: "an automation that looks where no marker is",
        edits: [{ file: automation, from: "path: ./clusters/${environment}", to: "path: ./layers" }],
        line: "path: ./layers",
        problem: /ImageUpdateAutomation flux-system\/apps covers \.\/layers, where no marker is/,
        fix: /whose files carry markers/,
    },
    {
        finds: "an automation that pushes to the branch that it reads",
        edits: [{ file: automation, from: "branch: image-updates", to: "branch: ${fleet_branch} # pushed" }],
        line: "# pushed",
        problem: /ImageUpdateAutomation flux-system\/apps pushes to the branch that it reads/,
        fix: /image-updates/,
    },
    {
        finds: "an automation that names no branch to push to",
        edits: [{ file: automation, from: "    push:\n      branch: image-updates\n", to: "" }],
        line: "git:",
        problem: /ImageUpdateAutomation flux-system\/apps pushes to the branch that it reads/,
        fix: /image-updates/,
    },
    {
        finds: "an automation whose source does not exist",
        edits: [{ file: automation, from: "name: flux-system\n", to: "name: fleet\n" }],
        line: "name: fleet",
        problem: /commits to GitRepository flux-system\/fleet, which does not exist/,
        fix: /name: flux-system/,
    },
    {
        finds: "a policy whose repository does not exist",
        edits: [
            {
                file: policy,
                from: "imageRepositoryRef:\n    name: podinfo",
                to: "imageRepositoryRef:\n    name: podinfos",
            },
        ],
        line: "name: podinfos",
        problem: /ImagePolicy flux-system\/podinfo follows ImageRepository flux-system\/podinfos/,
        fix: /did you mean podinfo\?/,
    },
    {
        finds: "a policy in another namespace than its repository",
        edits: [
            {
                file: policy,
                from: "imageRepositoryRef:\n",
                to: "imageRepositoryRef:\n    namespace: podinfo\n",
            },
        ],
        line: "namespace: podinfo",
        problem: /of namespace podinfo, which Flux's lockdown refuses/,
        fix: /one namespace/,
    },
]);
