import type { Properties } from "../../plugins/provider";
import { hasZones } from "../arm/regions";
import type { SubscriptionTraits } from "./traits";

/** A family of sizes that share a quota. */
interface Family {
    readonly name: string;
    readonly title: string;
    readonly vcpus: readonly number[];
    readonly size: (vcpus: number) => string;
}

const usual = [2, 4, 8, 16, 32, 48, 64, 96];

function series(letter: string, features: string, version: string, name: string, vcpus = usual): Family {
    const size = (count: number) => `Standard_${letter}${count}${features}_${version}`;
    return { name: `standard${name}Family`, title: `Standard ${name} Family vCPUs`, vcpus, size };
}

/** Some of Azure's families: https://learn.microsoft.com/azure/virtual-machines/sizes/overview */
const families: readonly Family[] = [
    series("D", "s", "v3", "DSv3", [2, 4, 8, 16, 32, 48, 64]),
    series("D", "s", "v5", "DSv5"),
    series("D", "ds", "v5", "DDSv5"),
    series("D", "as", "v5", "DASv5"),
    series("D", "ads", "v5", "DADSv5"),
    series("E", "s", "v5", "ESv5"),
    series("E", "ds", "v5", "EDSv5"),
    series("F", "s", "v2", "FSv2", [2, 4, 8, 16, 32, 48, 64, 72]),
];

interface Size {
    readonly family: Family;
    readonly vcpus: number;
}

const sizes = new Map(
    families.flatMap((family) =>
        family.vcpus.map((vcpus): [string, Size] => [family.size(vcpus).toLowerCase(), { family, vcpus }]),
    ),
);

export function vmSizeOf(name: string): Size | undefined {
    return sizes.get(name.toLowerCase());
}

export function familyNames(): readonly { readonly name: string; readonly title: string }[] {
    return families;
}

/** Microsoft.Compute, Resource Skus - List, 2021-07-01, with a filter on one location. */
export function listVmSizes(traits: SubscriptionTraits, location: string): Properties {
    const zones = hasZones(location) ? ["1", "2", "3"] : [];
    const value = families.flatMap(({ name: family, vcpus, size }) =>
        vcpus.map((count) => {
            const name = size(count);
            const reasonCode = traits.restrictedSizes.get(name.toLowerCase());
            return {
                resourceType: "virtualMachines",
                name,
                tier: "Standard",
                size: name.replace("Standard_", ""),
                family,
                locations: [location],
                locationInfo: [{ location, zones, zoneDetails: [] }],
                capabilities: [
                    { name: "vCPUs", value: String(count) },
                    { name: "PremiumIO", value: "True" },
                ],
                restrictions:
                    reasonCode === undefined
                        ? []
                        : [
                              {
                                  type: "Location",
                                  values: [location],
                                  restrictionInfo: { locations: [location] },
                                  reasonCode,
                              },
                          ],
            };
        }),
    );
    return { value };
}
