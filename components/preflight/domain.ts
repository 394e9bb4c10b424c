import type { Settings } from "../settings/settings";
import type { Answer } from "./finding";

/** What a stack without a domain cannot have. */
export function domain({ domain: name, environment }: Settings): Promise<Answer> {
    const message =
        `is not set, so that hosts are called *.${environment}.internal: no public DNS knows them, and Let's Encrypt signs ` +
        "no certificate for them, so that the Certificates of the tree never become Ready; set a domain whose parent can " +
        "delegate to Azure";
    return Promise.resolve(name ? {} : { warnings: [{ key: "landfall:domain", message }] });
}
