/** One Go program of the sandbox. Its version is the one that the go.mod of `folder` requires `module` at. */
export interface Program {
    readonly name: string;
    /** The folder below `modules` with go.mod and go.sum. */
    readonly folder: string;
    readonly module: string;
    readonly package: string;
    /**
     * Measured on two cores with an empty Go build cache; families share most of their work, which its first one does.
     */
    readonly expectedSeconds: number;
    /** Build tags. */
    readonly tags?: readonly string[];
    /** What the program's own release build sets with `-X`. */
    readonly variables?: (version: string) => Readonly<Record<string, string>>;
}

function kubernetes(name: string, expectedSeconds: number): Program {
    return {
        name,
        folder: "kubernetes",
        module: "k8s.io/kubernetes",
        package: `k8s.io/kubernetes/cmd/${name}`,
        expectedSeconds,
        variables: (version) => {
            const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
            return {
                "k8s.io/component-base/version.gitVersion": version,
                "k8s.io/component-base/version.gitMajor": major,
                "k8s.io/component-base/version.gitMinor": minor,
            };
        },
    };
}

function fluxController(name: string, expectedSeconds: number): Program {
    const module = `github.com/fluxcd/${name}`;
    return { name, folder: "kubernetes", module, package: module, expectedSeconds };
}

function commandLine(name: string, module: string, path: string, expectedSeconds: number): Program {
    return { name, folder: "kubernetes", module, package: module + path, expectedSeconds };
}

/** Every program that a sandbox runs, in the order in which they are built. */
export const programs: readonly Program[] = [
    {
        name: "etcd",
        folder: "etcd",
        module: "go.etcd.io/etcd/server/v3",
        package: "go.etcd.io/etcd/server/v3",
        expectedSeconds: 20,
    },
    {
        name: "pulumi",
        folder: "pulumi",
        module: "github.com/pulumi/pulumi/pkg/v3",
        package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        expectedSeconds: 210,
        variables: (version) => ({ "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": version }),
    },
    kubernetes("kube-apiserver", 165),
    kubernetes("kube-controller-manager", 56),
    kubernetes("kube-scheduler", 5),
    kubernetes("kubectl", 20),
    commandLine("kwok", "sigs.k8s.io/kwok", "/cmd/kwok", 5),
    fluxController("source-controller", 107),
    fluxController("kustomize-controller", 30),
    fluxController("helm-controller", 13),
    commandLine("helm", "helm.sh/helm/v4", "/cmd/helm", 6),
    {
        name: "flux-operator",
        folder: "flux-operator",
        module: "github.com/controlplaneio-fluxcd/flux-operator",
        package: "github.com/controlplaneio-fluxcd/flux-operator/cmd/operator",
        expectedSeconds: 60,
        variables: (version) => ({ "main.VERSION": version }),
    },
    fluxController("notification-controller", 10),
    fluxController("image-reflector-controller", 10),
    fluxController("image-automation-controller", 10),
    commandLine("source-watcher", "github.com/fluxcd/source-watcher/v2", "/cmd", 5),
    commandLine("kubelogin", "github.com/Azure/kubelogin", "", 10),
    commandLine("sops", "github.com/getsops/sops/v3", "/cmd/sops", 5),
    commandLine("kustomize", "sigs.k8s.io/kustomize/kustomize/v5", "", 5),
    commandLine("kubeconform", "github.com/yannh/kubeconform", "/cmd/kubeconform", 2),
    commandLine("actionlint", "github.com/rhysd/actionlint", "/cmd/actionlint", 3),
];

/**
 * Programs that no sandbox runs. Each is built when somebody asks for it by name, and has a cache of its own: another
 * version of it leaves the others alone.
 */
export const programsOnDemand: readonly Program[] = [
    {
        name: "promtool",
        folder: "prometheus",
        module: "github.com/prometheus/prometheus",
        package: "github.com/prometheus/prometheus/cmd/promtool",
        expectedSeconds: 100,
        // It reads files: nothing has to be discovered in anybody's cloud.
        tags: ["remove_all_sd"],
    },
];
