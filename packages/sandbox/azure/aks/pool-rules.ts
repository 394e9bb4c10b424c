import { parsePath, valueAt } from "../../plugins/property-path";
import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";
import { hasZones } from "../arm/regions";
import { without } from "../arm/without";
import type { PoolInputs } from "./cluster-inputs";

const fixedOnceCreated = [
    ...[
        "vmSize",
        "osType",
        "osDiskType",
        "osDiskSizeGB",
        "availabilityZones",
        "vnetSubnetID",
        "podSubnetID",
        "maxPods",
    ],
    ...[
        "scaleSetPriority",
        "type",
        "hostGroupID",
        "enableEncryptionAtHost",
        "gpuInstanceProfile",
        "nodePublicIPPrefixID",
    ],
];

const spotTaint = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule";

/** @throws an ArmError for a node pool that AKS would not make; `path` is that of the pool. */
export function checkPool(pool: PoolInputs, region: string, path: string): void {
    const fail = (name: string, message: string) => invalid(path === "" ? name : `${path}.${name}`, message);
    if (pool.count === undefined) {
        throw fail("count", "Required parameter properties.count is missing (null).");
    }
    if (pool.vmSize === undefined || !/^Standard_[A-Za-z]+[0-9]+[A-Za-z0-9_-]*$/.test(pool.vmSize)) {
        throw fail(
            "vmSize",
            `The VM size of ${pool.vmSize ?? "(none)"} is not allowed in your subscription in location '${region}'.`,
        );
    }
    checkScaling(pool, fail);
    checkLabels(pool, fail);
    if (pool.availabilityZones?.length && !hasZones(region)) {
        throw fail("availabilityZones", `Availability zones are not supported in the region '${region}'.`);
    }
    if (pool.mode === "System" && (pool.scaleSetPriority === "Spot" || pool.osType === "Windows")) {
        throw fail("mode", "A system node pool runs Linux on machines of regular priority.");
    }
    // -1 is no limit, which clients send for regular pools too.
    if (![undefined, -1].includes(pool.spotMaxPrice) && pool.scaleSetPriority !== "Spot") {
        throw fail("spotMaxPrice", "It is for pools of priority Spot.");
    }
}

/** @throws an ArmError for a change that needs another pool. */
export function checkPoolChange(before: Properties, after: Properties, path: string): void {
    const pool = before as PoolInputs;
    const wanted = poolDefaults(after);
    const changed = fixedOnceCreated
        .filter((name) => after[name] !== undefined)
        .find((name) => JSON.stringify(before[name]) !== JSON.stringify(wanted[name]));
    const losesSpotTaint =
        pool.scaleSetPriority === "Spot" &&
        !((after as PoolInputs).nodeTaints ?? []).includes(spotTaint) &&
        "nodeTaints";
    const name = changed ?? (losesSpotTaint || undefined);
    if (name !== undefined) {
        const target = path === "" ? name : `${path}.${name}`;
        throw new ArmError(
            400,
            "PropertyChangeNotAllowed",
            `Changing property '${target}' is not allowed (from ${JSON.stringify(valueAt(before, parsePath(name)))}).`,
            target,
        );
    }
}

/** What AKS fills in. */
export function poolDefaults(pool: PoolInputs): PoolInputs & Properties {
    const spot = pool.scaleSetPriority === "Spot";
    const { osDiskSizeGB, upgradeSettings, securityProfile } = pool as Properties;
    return {
        mode: "User",
        osType: "Linux",
        osSKU: "Ubuntu",
        osDiskType: "Managed",
        kubeletDiskType: "OS",
        type: "VirtualMachineScaleSets",
        enableAutoScaling: false,
        scaleDownMode: "Delete",
        enableNodePublicIP: false,
        enableFIPS: false,
        ...withoutEmpty(spot ? pool : without(pool as Properties, ...forSpotOnly)),
        osDiskSizeGB: osDiskSizeGB === undefined || osDiskSizeGB === 0 ? 128 : osDiskSizeGB,
        // Spot nodes are not upgraded with surge.
        ...(spot ? {} : { upgradeSettings: { maxSurge: "10%", maxUnavailable: "0", ...(upgradeSettings as object) } }),
        securityProfile: {
            ...{ sshAccess: "LocalUser", enableVTPM: false, enableSecureBoot: false },
            ...(securityProfile as object | undefined),
        },
        ...(spot ? { nodeTaints: [...new Set([...(pool.nodeTaints ?? []), spotTaint])] } : {}),
        ...(spot ? { nodeLabels: { "kubernetes.azure.com/scalesetpriority": "spot", ...pool.nodeLabels } } : {}),
    };
}

/** What AKS does not show of regular pools. */
const forSpotOnly = ["scaleSetPriority", "scaleSetEvictionPolicy", "spotMaxPrice"];

/** Empty labels and taints are none. */
function withoutEmpty<T extends Properties>(pool: T): T {
    const empty = ["nodeTaints", "nodeLabels"].filter((name) => {
        const value = pool[name];
        return typeof value === "object" && value !== null && Object.keys(value).length === 0;
    });
    return Object.fromEntries(Object.entries(pool).filter(([name]) => !empty.includes(name))) as T;
}

function checkScaling(pool: PoolInputs, fail: (name: string, message: string) => ArmError): void {
    const { enableAutoScaling, minCount, maxCount, count = 0 } = pool;
    if (!enableAutoScaling) {
        if (minCount !== undefined || maxCount !== undefined) {
            throw fail("minCount", "minCount and maxCount are for pools with enableAutoScaling.");
        }
    } else if (minCount === undefined || maxCount === undefined) {
        throw fail(minCount === undefined ? "minCount" : "maxCount", "Autoscaling needs minCount and maxCount.");
    } else if (minCount > maxCount) {
        throw fail("minCount", `It must not be more than maxCount (${maxCount}).`);
    } else if (count > maxCount) {
        throw fail("count", `It must be from minCount (${minCount}) to maxCount (${maxCount}).`);
    }
    const fewest = enableAutoScaling ? (minCount ?? 0) : count;
    if (pool.mode === "System" && fewest < 1) {
        throw fail(enableAutoScaling ? "minCount" : "count", "A system node pool needs at least one node.");
    }
}

/** Prefixes below kubernetes.io and k8s.io that a node may label itself with (Azure/AKS#2866). */
const freePrefixes = /(^|\.)(node|kubelet)\.kubernetes\.io$/;

function checkLabels(pool: PoolInputs, fail: (name: string, message: string) => ArmError): void {
    const prefixOf = (key: string) => key.slice(0, Math.max(key.indexOf("/"), 0));
    const ofAks = (key: string) => /(^|\.)kubernetes\.azure\.com$/.test(prefixOf(key));
    const spot = pool.scaleSetPriority === "Spot";
    for (const [key, value] of Object.entries(pool.nodeLabels ?? {})) {
        if (ofAks(key) && !(spot && `${key}=${value}` === spotTaint.split(":")[0])) {
            throw fail("nodeLabels", `Label '${key}' has the prefix kubernetes.azure.com, which is reserved.`);
        }
        if (/(^|\.)(kubernetes|k8s)\.io$/.test(prefixOf(key)) && !freePrefixes.test(prefixOf(key))) {
            throw fail(
                "nodeLabels",
                `node label keys in the 'kubernetes.io' or 'k8s.io' namespace must begin with an allowed prefix ` +
                    `(kubelet.kubernetes.io, node.kubernetes.io): '${key}'.`,
            );
        }
    }
    const taint = (pool.nodeTaints ?? []).find(
        (one) => ofAks(one.split(/[=:]/)[0] ?? "") && !(spot && one === spotTaint),
    );
    if (taint !== undefined) {
        throw fail("nodeTaints", `Taint '${taint}' has the prefix kubernetes.azure.com, which is reserved.`);
    }
}

function invalid(target: string, message: string): ArmError {
    return new ArmError(400, "InvalidParameter", `The value of parameter '${target}' is invalid: ${message}`, target);
}
