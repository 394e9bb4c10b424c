import type { Settings } from "../settings/settings";
import type { Answer } from "./finding";

const key = "landfall:recoverTo";

/** The time that a new cluster's database comes back to: one that stays set would bring old data back a year later. */
export function recoveryTime({ recoverTo, stack }: Settings, now = new Date()): Promise<Answer> {
    if (recoverTo === undefined) {
        return Promise.resolve({});
    }
    if (new Date(recoverTo) > now) {
        return Promise.resolve({
            problems: [{ key, message: `${recoverTo} is yet to come; set a time that is past` }],
        });
    }
    const message =
        `PostgreSQL of the next cluster that is made comes back as it was at ${recoverTo}, and without what was written ` +
        `since; when it is back, remove the setting: pulumi config rm --stack ${stack} recoverTo`;
    return Promise.resolve({ warnings: [{ key, message }] });
}
