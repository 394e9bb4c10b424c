const hour = 3_600_000;
const day = 24 * hour;

const words: Readonly<Record<string, number>> = {
    "@hourly": hour,
    "@daily": day,
    "@midnight": day,
    "@weekly": 7 * day,
    "@monthly": 31 * day,
    "@yearly": 366 * day,
    "@annually": 366 * day,
};

/**
 * The longest time between two runs of a cron expression, in milliseconds: five fields, or six with seconds first.
 * Undefined where it is not one of the usual kinds; then nothing is said of what is overdue.
 */
export function schedulePeriod(schedule: string): number | undefined {
    const text = schedule.trim().replace(/^(CRON_)?TZ=\S+\s+/, "");
    const word = words[text];
    if (word !== undefined) {
        return word;
    }
    const every = /^@every (\d+)(h|m)$/.exec(text);
    if (every) {
        return Number(every[1]) * (every[2] === "h" ? hour : hour / 60);
    }
    const fields = text.split(/\s+/);
    const [minutes = "", hours = "", days = "", months = "", weekdays = ""] = fields.slice(fields.length === 6 ? 1 : 0);
    if ((fields.length !== 5 && fields.length !== 6) || months !== "*") {
        return undefined;
    }
    if (days !== "*" || weekdays !== "*") {
        return /^\d+$/.test(days) && weekdays === "*" ? 31 * day : days === "*" ? 7 * day : undefined;
    }
    const step = /^\*\/(\d+)$/.exec(hours)?.[1];
    if (step !== undefined) {
        return Number(step) * hour;
    }
    return hours === "*" ? (/^[\d*/,-]+$/.test(minutes) ? hour : undefined) : /^[\d,-]+$/.test(hours) ? day : undefined;
}
