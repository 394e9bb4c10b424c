import type { Properties } from "../../plugins/provider";
import { hasZones, pairedRegions, regionNames } from "../arm/regions";

/** Microsoft.Storage, Skus - List, 2024-01-01: what each region can keep copies of, by its zones and its pair. */
export function listStorageSkus(): Properties {
    return {
        value: regionNames().flatMap((location) => {
            const paired = pairedRegions.has(location);
            const zones = hasZones(location);
            const copies = [
                "LRS",
                ...(zones ? ["ZRS"] : []),
                ...(paired ? ["GRS"] : []),
                ...(zones && paired ? ["GZRS"] : []),
            ];
            return copies.map((copy) => ({
                resourceType: "storageAccounts",
                name: `Standard_${copy}`,
                tier: "Standard",
                kind: "StorageV2",
                locations: [location],
                capabilities: [],
                restrictions: [],
            }));
        }),
    };
}
