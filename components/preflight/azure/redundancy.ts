import type { Answer } from "../finding";
import type { Subscription } from "./subscription";

/** Microsoft.Storage, Skus - List, 2024-01-01. */
interface StorageSku {
    readonly resourceType: string;
    readonly name: string;
    readonly kind?: string;
    readonly locations?: readonly string[];
    readonly restrictions?: readonly { readonly reasonCode?: string }[];
}

/** Whether the region has storage accounts with the copies that backups are to have. */
export async function redundancy(subscription: Subscription): Promise<Answer> {
    const { backupRedundancy, location } = subscription.subject.settings;
    const skus = (await subscription.list(
        `${subscription.scope}/providers/Microsoft.Storage/skus?api-version=2024-01-01`,
    )) as StorageSku[];
    const offered = skus
        .filter(({ resourceType, kind }) => resourceType === "storageAccounts" && kind === "StorageV2")
        .filter(({ locations = [], restrictions = [] }) => {
            return locations.some((name) => name.toLowerCase() === location) && restrictions.length === 0;
        })
        .map(({ name }) => /^Standard_(LRS|ZRS|GRS|GZRS)$/.exec(name)?.[1] ?? "")
        .filter((name) => name !== "");
    if (offered.includes(backupRedundancy)) {
        return {};
    }
    const message =
        `${location} has no storage accounts of ${backupRedundancy}; write ${offered.sort().join(" or ") || "another region"} ` +
        `(az storage sku list --query "[?contains(locations, '${location}')].name")`;
    return { problems: [{ key: "landfall:backupRedundancy", message }] };
}
