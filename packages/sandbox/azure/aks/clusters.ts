/** A taint as the Kubernetes API has it. */
export interface Taint {
    readonly key: string;
    readonly value?: string;
    readonly effect: string;
}

/** A machine of a node pool. */
export interface NodeSpec {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly taints: readonly Taint[];
    /** As `topology.kubernetes.io/zone` has it: `<region>-<1..3>`, or "0" outside of zones. */
    readonly zone: string;
    readonly vmSize: string;
    /** Of its kubelet. */
    readonly version: string;
}

export interface ClusterSpec {
    /** ARM id of the managed cluster. */
    readonly id: string;
    readonly name: string;
    readonly fqdn: string;
    /** Issuer of service account tokens. */
    readonly issuer: string;
    readonly serviceCidr: string;
    readonly nodes: readonly NodeSpec[];
}

export interface RunningCluster {
    /** The certificate authority of the API server. */
    readonly caPem: string;
    /** The public keys of service account tokens, as the API server serves them. */
    jwks(): Promise<object>;
}

/** Runs the clusters that Azure is asked for. */
export interface ClusterHost {
    /** Resolves when the API server answers. */
    start(spec: ClusterSpec): Promise<RunningCluster>;
    /** The nodes that the cluster shall have from now on. */
    setNodes(id: string, nodes: readonly NodeSpec[]): Promise<void>;
    stop(id: string): Promise<void>;
}
