import { type Cidr, contains, overlaps, parseCidr, subnetCount } from "./cidr";
import { nearest } from "./nearest";
import { reservedLabel, reservedPoolName, reservedTaint } from "./reserved-names";
import { reservedRange } from "./reserved-ranges";
import type { SettingValues as AllValues } from "./settings-schema";

/** What the rules look at: every setting but the secret one. */
type SettingValues = Omit<AllValues, "sopsPgpPrivateKey">;

/** Something wrong with a setting: its full key, and what to do about it. Never holds the value of a secret. */
export interface Problem {
    readonly key: string;
    readonly message: string;
}

// Azure keeps five addresses of every subnet: network, gateway, two for DNS, broadcast.
// https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq
const reservedAddresses = 5;
// Azure CNI overlay gives each node a /24 of the pod range, whatever its size.
const podPrefixPerNode = 24;

/** The rules that join several settings; each setting is valid by itself. */
export function crossCheck(values: SettingValues): Problem[] {
    return [
        ...clusterProblems(values),
        ...networkProblems(values),
        ...rangeProblems(values),
        ...capacityProblems(values),
        ...zoneProblems(values),
        ...poolProblems(values),
        ...fluxAppProblems(values),
        ...backupProblems(values),
    ];
}

function clusterProblems({ clusters, activeCluster }: SettingValues): Problem[] {
    if (clusters.includes(activeCluster)) {
        return [];
    }
    const near = nearest(activeCluster, clusters);
    const fix = near
        ? `did you mean ${near}?`
        : `name one of it, or keep it there until another has taken over: npm run switch -- --to ${clusters[0] ?? ""}`;
    return [
        {
            key: "landfall:activeCluster",
            message: `${activeCluster} is not in landfall:clusters (${clusters.join(", ")}); ${fix}`,
        },
    ];
}

/** Old versions are removed at the end of the retention, which has to be allowed by then. */
function backupProblems({ backupImmutableDays, backupRetentionDays }: SettingValues): Problem[] {
    const message = `is ${backupImmutableDays}, above landfall:backupRetentionDays (${backupRetentionDays}); lower it, or raise the retention`;
    return backupImmutableDays > backupRetentionDays ? [{ key: "landfall:backupImmutableDays", message }] : [];
}

function networkProblems(values: SettingValues): Problem[] {
    const vnet = cidrOf(values.vnetCidr);
    const nodes = cidrOf(values.nodeSubnetCidr);
    const pods = cidrOf(values.podCidr);
    const services = cidrOf(values.serviceCidr);
    const problems: Problem[] = [];
    const add = (key: string, message: string) => problems.push({ key: `landfall:${key}`, message });
    if (!contains(vnet, nodes)) {
        add("nodeSubnetCidr", `${nodes.text} is not inside landfall:vnetCidr ${vnet.text}`);
    }
    if (overlaps(pods, vnet)) {
        add("podCidr", `${pods.text} overlaps landfall:vnetCidr ${vnet.text}`);
    }
    if (overlaps(services, vnet)) {
        add("serviceCidr", `${services.text} overlaps landfall:vnetCidr ${vnet.text}`);
    }
    if (overlaps(services, pods)) {
        add("serviceCidr", `${services.text} overlaps landfall:podCidr ${pods.text}`);
    }
    if (services.prefix <= 12 || services.prefix > 28) {
        add("serviceCidr", `${services.text} is not allowed by AKS; write a range from /13 to /28`);
    }
    return problems;
}

function rangeProblems(values: SettingValues): Problem[] {
    return (["vnetCidr", "podCidr", "serviceCidr"] as const).flatMap((key) => {
        const reserved = reservedRange(cidrOf(values[key]));
        const message = `${values[key]} overlaps ${reserved?.range}, ${reserved?.owner}; choose another range`;
        return reserved ? [{ key: `landfall:${key}`, message }] : [];
    });
}

function capacityProblems(values: SettingValues): Problem[] {
    const nodes = maxNodes(values);
    const subnet = cidrOf(values.nodeSubnetCidr);
    const addresses = subnetCount(subnet, 32) - reservedAddresses;
    const podRanges = subnetCount(cidrOf(values.podCidr), podPrefixPerNode);
    const need = `the pools can grow to ${nodes} nodes with those that an upgrade adds`;
    const problems: Problem[] = [];
    if (addresses < nodes) {
        const message = `${subnet.text} has ${Math.max(addresses, 0)} addresses for nodes, but ${need}; widen it or lower maxCount`;
        problems.push({ key: "landfall:nodeSubnetCidr", message });
    }
    if (podRanges < nodes) {
        const message = `${values.podCidr} holds ${podRanges} ranges of /24, one a node, but ${need}; widen it or lower maxCount`;
        problems.push({ key: "landfall:podCidr", message });
    }
    return problems;
}

/**
 * The most nodes at one time: every pool at its maximum, plus the third that an upgrade adds (surge "33%", rounded up).
 */
function maxNodes(values: SettingValues): number {
    const withSurge = (count: number) => count + Math.ceil(count / 3);
    const perPool = Object.values(values.userPools).map(
        (pool) => Math.max(pool.zones.length, 1) * withSurge(pool.maxCount),
    );
    return perPool.reduce((sum, count) => sum + count, withSurge(values.systemPool.maxCount));
}

function zoneProblems(values: SettingValues): Problem[] {
    const { zones, maxCount } = values.systemPool;
    if (zones.length <= maxCount) {
        return [];
    }
    const message = `is ${maxCount}, fewer than its ${zones.length} zones; raise it, so that each zone can have a node`;
    return [{ key: "landfall:systemPool.maxCount", message }];
}

function fluxAppProblems({ fluxAppId, fluxAppInstallationId, fluxAppPrivateKey }: SettingValues): Problem[] {
    const parts = { fluxAppId, fluxAppInstallationId, fluxAppPrivateKey };
    const missing = Object.entries(parts).flatMap(([key, value]) => (value === undefined ? [key] : []));
    return missing.length === Object.keys(parts).length
        ? []
        : missing.map((key) => ({
              key: `landfall:${key}`,
              message: "is not set, but other settings of Flux's GitHub App are; set all three, or none",
          }));
}

function poolProblems({ userPools }: SettingValues): Problem[] {
    return Object.entries(userPools).flatMap(([name, { labels, taints }]) => {
        const key = `landfall:userPools.${name}`;
        const label = Object.keys(labels).map((label) => ({ key: `${key}.labels`, message: reservedLabel(label) }));
        const taint = taints.map((taint, at) => ({ key: `${key}.taints[${at}]`, message: reservedTaint(taint) }));
        return [{ key, message: reservedPoolName(name) }, ...label, ...taint].flatMap(({ key, message }) =>
            message === undefined ? [] : [{ key, message }],
        );
    });
}

function cidrOf(text: string): Cidr {
    const cidr = parseCidr(text);
    if (!cidr) {
        throw new TypeError(`${text} passed the schema but is not a CIDR`);
    }
    return cidr;
}
