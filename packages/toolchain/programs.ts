/** One Go program of the sandbox. Its version is the one that the go.mod of `folder` requires `module` at. */
export interface Program {
    readonly name: string;
    /** The folder below `modules` with go.mod and go.sum. */
    readonly folder: string;
    readonly module: string;
    readonly package: string;
    /** Arguments that make the program print its version, for one that users have installed themselves. */
    readonly versionArguments?: readonly string[];
    /** Build tags, of all programs of the folder. */
    readonly tags?: readonly string[];
    /** What the program's own release build sets with `-X`. */
    readonly variables?: (version: string) => Readonly<Record<string, string>>;
}

function kubernetes(name: string, versionArguments: readonly string[] = ["--version"]): Program {
    return {
        name,
        folder: "kubernetes",
        module: "k8s.io/kubernetes",
        package: `k8s.io/kubernetes/cmd/${name}`,
        versionArguments,
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

function fluxController(name: string): Program {
    const module = `github.com/fluxcd/${name}`;
    return { name, folder: "kubernetes", module, package: module };
}

function commandLine(name: string, module: string, path: string, versionArguments?: readonly string[]): Program {
    return { name, folder: "kubernetes", module, package: module + path, versionArguments };
}

/** Every program that a sandbox runs. */
export const programs: readonly Program[] = [
    {
        name: "etcd",
        folder: "etcd",
        module: "go.etcd.io/etcd/server/v3",
        package: "go.etcd.io/etcd/server/v3",
        versionArguments: ["--version"],
    },
    {
        name: "pulumi",
        folder: "pulumi",
        module: "github.com/pulumi/pulumi/pkg/v3",
        package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        versionArguments: ["version"],
        variables: (version) => ({ "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": version }),
    },
    kubernetes("kube-apiserver"),
    kubernetes("kube-controller-manager"),
    kubernetes("kube-scheduler"),
    kubernetes("kubectl", ["version", "--client"]),
    commandLine("kwok", "sigs.k8s.io/kwok", "/cmd/kwok"),
    fluxController("source-controller"),
    fluxController("kustomize-controller"),
    fluxController("helm-controller"),
    commandLine("helm", "helm.sh/helm/v4", "/cmd/helm", ["version", "--short"]),
    {
        name: "flux-operator",
        folder: "flux-operator",
        module: "github.com/controlplaneio-fluxcd/flux-operator",
        package: "github.com/controlplaneio-fluxcd/flux-operator/cmd/operator",
        variables: (version) => ({ "main.VERSION": version }),
    },
    fluxController("notification-controller"),
    fluxController("image-reflector-controller"),
    fluxController("image-automation-controller"),
    commandLine("source-watcher", "github.com/fluxcd/source-watcher/v2", "/cmd"),
    commandLine("kubelogin", "github.com/Azure/kubelogin", "", ["--version"]),
    commandLine("sops", "github.com/getsops/sops/v3", "/cmd/sops", ["--version", "--disable-version-check"]),
    commandLine("kustomize", "sigs.k8s.io/kustomize/kustomize/v5", "", ["version"]),
    commandLine("kubeconform", "github.com/yannh/kubeconform", "/cmd/kubeconform"),
    commandLine("actionlint", "github.com/rhysd/actionlint", "/cmd/actionlint"),
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
        // It reads files: nothing has to be discovered in anybody's cloud.
        tags: ["remove_all_sd"],
        versionArguments: ["--version"],
    },
    {
        name: "flux",
        folder: "flux",
        module: "github.com/fluxcd/flux2/v2",
        package: "github.com/fluxcd/flux2/v2/cmd/flux",
        versionArguments: ["version", "--client"],
        variables: (version) => ({ "main.VERSION": version.replace(/^v/, "") }),
    },
    {
        name: "velero",
        folder: "velero",
        module: "github.com/vmware-tanzu/velero",
        package: "github.com/vmware-tanzu/velero/cmd/velero",
        variables: (version) => ({
            "github.com/vmware-tanzu/velero/pkg/buildinfo.Version": version,
            // Besides its own metrics it serves its library's, at a port of the host that no flag changes: not here.
            "sigs.k8s.io/controller-runtime/pkg/metrics/server.DefaultBindAddress": "0",
        }),
    },
    {
        name: "external-dns",
        folder: "external-dns",
        module: "sigs.k8s.io/external-dns",
        package: "sigs.k8s.io/external-dns",
        versionArguments: ["--version"],
    },
    // Of this repository, with Velero's library: the plugin for Azure is not in Go's module proxy.
    {
        name: "velero-object-store",
        folder: "velero",
        module: "github.com/vmware-tanzu/velero",
        package: "./object-store",
    },
];

/** The programs that one go.mod pins: they share most of their libraries, so one command builds them. */
export interface Family {
    /** The folder below `modules` with go.mod and go.sum. */
    readonly folder: string;
    readonly title: string;
    /** What its programs take, in hundredths of what a sandbox's take, all built with an empty cache of Go's. */
    readonly weight: number;
}

/**
 * Families in the order in which they are built. Those of one list follow each other, since the later ones use what the
 * earlier ones have compiled; lists are built side by side, so that no core waits while another one links.
 */
export const buildOrder: readonly (readonly Family[])[] = [
    [
        { folder: "etcd", title: "etcd", weight: 5 },
        { folder: "pulumi", title: "Pulumi", weight: 35 },
        { folder: "prometheus", title: "Prometheus", weight: 15 },
    ],
    [
        { folder: "kubernetes", title: "Kubernetes and Flux", weight: 50 },
        { folder: "flux-operator", title: "Flux Operator", weight: 10 },
        { folder: "flux", title: "the flux command", weight: 3 },
        { folder: "velero", title: "Velero", weight: 15 },
        { folder: "external-dns", title: "external-dns", weight: 15 },
    ],
];
