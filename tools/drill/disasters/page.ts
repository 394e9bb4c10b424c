import { format } from "prettier";
import { type Disaster, isRehearsed } from "./disaster";

/** Seconds from the typing of a disaster's command to its end, by the disaster's name. */
export type Seconds = Readonly<Record<string, string>>;

const notRehearsed = "not rehearsed";

/** `docs/disasters.md`. */
export function page(disasters: readonly Disaster[], seconds: Seconds): Promise<string> {
    const text = [
        "# Disasters",
        "",
        "What can go wrong, what is lost for good, and the one command after which the platform is whole again. `npm run",
        "drill -- disasters` rehearses one after another in a sandbox of its own, with data before and after, and writes",
        "this page; `npm run drill -- disasters NAME…` rehearses some. After each, an update has nothing left to do.",
        "",
        "The data are a base backup of PostgreSQL, a commit of somebody else, what the keys decrypt, and the names that",
        "others rely on. The seconds are those of the command, after which Flux may have something left to follow; in a",
        "sandbox with some of the tree's layers, where Azure takes no time, and on two cores that had other work too.",
        "",
        "| Disaster | Lost | Command | Seconds | Name |",
        "| -------- | ---- | ------- | ------- | ---- |",
        ...disasters.map((disaster) => row(disaster, seconds)),
        "",
        "[rebuild.md](rebuild.md) has what to look at before, and what else can be lost.",
        "",
    ];
    return format(text.join("\n"), { parser: "markdown", proseWrap: "preserve" });
}

/** The seconds that a page has. */
export function secondsOn(text: string): Seconds {
    const rows = [...text.matchAll(/^\|.*\| +(\d+) +\| `([a-z-]+)` +\|$/gm)];
    return Object.fromEntries(rows.map(([, seconds = "", name = ""]) => [name, seconds]));
}

function row(disaster: Disaster, seconds: Seconds): string {
    const { name, title, lost } = disaster;
    const [command, took] = isRehearsed(disaster)
        ? [typed(disaster.fix?.typed("production")), seconds[name] ?? notRehearsed]
        : [disaster.see, disaster.test === undefined ? notRehearsed : `\`${disaster.test}\``];
    return `| ${title} | ${lost} | ${command} | ${took} | \`${name}\` |`;
}

function typed(command: string | undefined): string {
    return command === undefined ? "none" : `\`${command}\``;
}
