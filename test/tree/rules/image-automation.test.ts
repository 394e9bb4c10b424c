import { describeRule } from "../../support/rule-examples";

const folder = "flux/base/image-automation";

describeRule("image-automation", [
    {
        finds: "a marker that names no policy",
        edits: [
            {
                file: "apps/staging/kustomization.yaml",
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
                file: "infra/base/traefik/source.yaml",
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
        edits: [{ file: `${folder}/automation.yaml`, from: "path: ./apps", to: "path: ./canary" }],
        line: "path: ./canary",
        problem: /ImageUpdateAutomation flux-system\/apps covers \.\/canary, where no marker is/,
        fix: /whose files carry markers/,
    },
    {
        finds: "an automation whose source does not exist",
        edits: [{ file: `${folder}/automation.yaml`, from: "name: flux-system\n", to: "name: fleet\n" }],
        line: "name: fleet",
        problem: /commits to GitRepository flux-system\/fleet, which does not exist/,
        fix: /name: flux-system/,
    },
    {
        finds: "a policy whose repository does not exist",
        edits: [
            {
                file: `${folder}/podinfo.yaml`,
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
                file: `${folder}/podinfo.yaml`,
                from: "imageRepositoryRef:\n",
                to: "imageRepositoryRef:\n    namespace: podinfo\n",
            },
        ],
        line: "namespace: podinfo",
        problem: /of namespace podinfo, which Flux's lockdown refuses/,
        fix: /one namespace/,
    },
]);
