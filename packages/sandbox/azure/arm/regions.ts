import { ArmError } from "./arm-error";
import type { ResourceType } from "./resource-types";

/** The public regions with AKS, as ARM writes them. */
const regions = new Set(
    (
        "australiacentral australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth canadacentral canadaeast " +
        "centralindia centralus chilecentral denmarkeast eastasia eastus eastus2 francecentral germanywestcentral " +
        "indonesiacentral israelcentral italynorth japaneast japanwest koreacentral koreasouth malaysiawest mexicocentral " +
        "newzealandnorth northcentralus northeurope norwayeast polandcentral qatarcentral southafricanorth southcentralus " +
        "southindia southeastasia spaincentral swedencentral switzerlandnorth uaenorth uksouth ukwest westcentralus " +
        "westeurope westindia westus westus2 westus3"
    ).split(" "),
);

/** Regions without availability zones. */
const zoneless = new Set(["westus", "northcentralus", "westcentralus", "canadaeast", "ukwest", "australiasoutheast"]);

export function hasZones(region: string): boolean {
    return !zoneless.has(region);
}

/** Some regions that are on their own: https://learn.microsoft.com/azure/reliability/regions-list */
const unpaired = ["austriaeast", "belgiumcentral", "chilecentral", "denmarkeast", "indonesiacentral", "israelcentral"];
const alsoUnpaired = [
    "italynorth",
    "malaysiawest",
    "mexicocentral",
    "newzealandnorth",
    "polandcentral",
    "qatarcentral",
];

/** Regions whose data Azure can copy to another one. */
export const pairedRegions: ReadonlySet<string> = new Set(
    [...regions].filter((region) => ![...unpaired, ...alsoUnpaired, "spaincentral"].includes(region)),
);

export function regionNames(): string[] {
    return [...regions];
}

/** "West Europe" and "westeurope" are the same region. */
export function normalizeRegion(location: string): string {
    return location.toLowerCase().replace(/\s+/g, "");
}

/**
 * The location that a resource of the type gets.
 * @throws an ArmError when it is missing or when the type is not to be had there.
 */
export function checkLocation(type: ResourceType, location: unknown): string {
    if (typeof location !== "string" || location === "") {
        throw new ArmError(
            400,
            "LocationRequired",
            "The location property is required for this definition.",
            "location",
        );
    }
    const region = normalizeRegion(location);
    if (type.location === "global" ? region !== "global" : !regions.has(region)) {
        throw new ArmError(
            400,
            "LocationNotAvailableForResourceType",
            `The provided location '${location}' is not available for resource type '${type.token}'. List of available regions for ` +
                `the resource type is '${type.location === "global" ? "global" : [...regions].join(", ")}'.`,
            "location",
        );
    }
    return region;
}
