import type { Settings } from "../settings/settings";
import { estimate, type Estimate } from "./estimate";
import { readPrices } from "./prices";

/** One line for a preview. It says why where there is none, and never fails: nobody's update waits for a price. */
export function costLine(settings: Settings, read = readPrices): string {
    try {
        const { usd, notKnown, dates } = estimate(settings, read());
        const details = `npm run cost -- --stack ${settings.stack}`;
        return `list price a month: ${dollars(usd)}, as of ${datesOf(dates)}, without ${notKnown.length} things that are not known (${details})`;
    } catch (error) {
        return `list price a month: not known (${error instanceof Error ? error.message : String(error)})`;
    }
}

/** `$325 to $1119`, or one amount where there is no range. */
export function dollars({ min, max }: Estimate["usd"]): string {
    const [least, most] = [min, max].map((amount) => `$${amount.toFixed(0)}`);
    return least === most ? String(least) : `${least} to ${most}`;
}

export function datesOf(dates: Estimate["dates"]): string {
    const [first, last] = [dates[0] ?? "no date", dates.at(-1) ?? "no date"];
    return first === last ? first : `${first} to ${last}`;
}
