import { field, isMap, list, mapAt, textAt } from "./object";

/** What a level of the Pod Security Standards has against a pod: where in its spec, and why. */
export interface Violation {
    /** Path from the pod's spec. */
    readonly path: string;
    readonly problem: string;
}

export type Level = "privileged" | "baseline" | "restricted";

const baselineCapabilities = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
const seLinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
const safeSysctls = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
];
const restrictedVolumes = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/**
 * What Pod Security Admission would refuse of a pod in a namespace of a level, by the standards of Kubernetes 1.36.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function violations(pod: unknown, level: Level): Violation[] {
    if (level === "privileged") {
        return [];
    }
    const baseline = [...podBaseline(pod), ...containersOf(pod).flatMap((container) => containerBaseline(container))];
    return level === "baseline"
        ? baseline
        : [...baseline, ...podRestricted(pod), ...containersOf(pod).flatMap((one) => containerRestricted(pod, one))];
}

interface Container {
    readonly path: string;
    readonly name: string;
    readonly container: unknown;
}

function containersOf(pod: unknown): Container[] {
    return ["initContainers", "containers"].flatMap((kind) =>
        list(pod, kind).map((container, index) => ({
            path: `${kind}.${index}`,
            name: textAt(container, "name") ?? "",
            container,
        })),
    );
}

function podBaseline(pod: unknown): Violation[] {
    const shared = ["hostNetwork", "hostPID", "hostIPC"]
        .filter((key) => field(pod, key) === true)
        .map((key) => ({ path: key, problem: `sets ${key}` }));
    const paths = list(pod, "volumes").flatMap((volume, index) =>
        field(volume, "hostPath") === undefined
            ? []
            : [{ path: `volumes.${index}`, problem: `has hostPath volume ${textAt(volume, "name") ?? ""}` }],
    );
    const sysctls = list(pod, "securityContext.sysctls")
        .map((sysctl) => textAt(sysctl, "name") ?? "")
        .filter((name) => !safeSysctls.includes(name))
        .map((name) => ({ path: "securityContext.sysctls", problem: `sets sysctl ${name}` }));
    return [...shared, ...paths, ...sysctls, ...contextBaseline(pod, "", "")];
}

/** What the security contexts of pods and of containers have in common. */
function contextBaseline(owner: unknown, path: string, whose: string): Violation[] {
    const context = field(owner, "securityContext");
    const at = (key: string, problem: string) => ({ path: `${path}securityContext.${key}`, problem: whose + problem });
    const seLinux = mapAt(context, "seLinuxOptions");
    const isOddLinux =
        !seLinuxTypes.includes(textAt(seLinux, "type") ?? "") || Boolean(seLinux.user) || Boolean(seLinux.role);
    return [
        ...(field(context, "windowsOptions.hostProcess") === true ? [at("windowsOptions", "is a host process")] : []),
        ...(textAt(context, "seccompProfile.type") === "Unconfined"
            ? [at("seccompProfile", "is unconfined by seccomp")]
            : []),
        ...(textAt(context, "appArmorProfile.type") === "Unconfined"
            ? [at("appArmorProfile", "is unconfined by AppArmor")]
            : []),
        ...(isOddLinux ? [at("seLinuxOptions", "sets SELinux options")] : []),
    ];
}

function containerBaseline({ path, name, container }: Container): Violation[] {
    const whose = `container ${name} `;
    const at = (key: string, problem: string) => ({ path: `${path}.${key}`, problem: whose + problem });
    const added = list(container, "securityContext.capabilities.add").map(String);
    const odd = added.filter((capability) => !baselineCapabilities.includes(capability));
    const hostPorts = list(container, "ports").filter((port) => Number(field(port, "hostPort") ?? 0) !== 0);
    const procMount = textAt(container, "securityContext.procMount") ?? "Default";
    return [
        ...(field(container, "securityContext.privileged") === true
            ? [at("securityContext.privileged", "is privileged")]
            : []),
        ...(odd.length > 0 ? [at("securityContext.capabilities.add", `adds ${odd.join(", ")}`)] : []),
        ...(hostPorts.length > 0 ? [at("ports", "has a port of the node")] : []),
        ...(procMount === "Default" ? [] : [at("securityContext.procMount", `mounts proc ${procMount}`)]),
        ...contextBaseline(container, `${path}.`, whose),
    ];
}

function podRestricted(pod: unknown): Violation[] {
    const volumes = list(pod, "volumes").flatMap((volume, index) => {
        const kinds = isMap(volume) ? Object.keys(volume).filter((key) => key !== "name") : [];
        const odd = kinds.filter((kind) => !restrictedVolumes.includes(kind) && kind !== "hostPath");
        const problem = `has ${odd.join(", ")} volume ${textAt(volume, "name") ?? ""}`;
        return odd.length > 0 ? [{ path: `volumes.${index}`, problem }] : [];
    });
    const isRoot = field(pod, "securityContext.runAsUser") === 0;
    return [...volumes, ...(isRoot ? [{ path: "securityContext.runAsUser", problem: "runs as user 0" }] : [])];
}

function containerRestricted(pod: unknown, { path, name, container }: Container): Violation[] {
    const at = (key: string, problem: string) => ({
        path: `${path}.securityContext.${key}`,
        problem: `container ${name} ${problem}`,
    });
    const context = field(container, "securityContext");
    const own = (key: string) => field(context, key) ?? field(pod, `securityContext.${key}`);
    const added = list(context, "capabilities.add").filter((capability) => capability !== "NET_BIND_SERVICE");
    const profile = textAt(own("seccompProfile"), "type") ?? "";
    return [
        ...(field(context, "allowPrivilegeEscalation") === false
            ? []
            : [at("allowPrivilegeEscalation", "has no allowPrivilegeEscalation: false")]),
        ...(own("runAsNonRoot") === true ? [] : [at("runAsNonRoot", "has no runAsNonRoot: true")]),
        ...(field(context, "runAsUser") === 0 ? [at("runAsUser", "runs as user 0")] : []),
        ...(["RuntimeDefault", "Localhost"].includes(profile)
            ? []
            : [at("seccompProfile", "has no seccompProfile of type RuntimeDefault")]),
        ...(list(context, "capabilities.drop").includes("ALL")
            ? []
            : [at("capabilities.drop", "does not drop ALL capabilities")]),
        ...(added.length > 0 ? [at("capabilities.add", `adds ${added.join(", ")}`)] : []),
    ];
}
