import type { Disaster, Fix } from "./disaster";
import type { Rehearsal } from "./rehearse";

/** What people type. */
function commandOf(fix: Fix, stack: string): string {
    switch (fix.tool) {
        case "rebuild":
            return `npm run rebuild -- --stack ${stack}`;
        case "pulumi":
            return `pulumi ${fix.args.join(" ")} --stack ${stack}`;
        case "git":
            return `git ${fix.args.join(" ")} && git push`;
        case "none":
            return "";
    }
}

/** `docs/disasters.md`. */
export function page(disasters: readonly Disaster[], rehearsals: readonly Rehearsal[]): string {
    const rows = disasters.map((disaster) => {
        const seconds = rehearsals.find(({ name }) => name === disaster.name)?.seconds.toFixed(0) ?? "not rehearsed";
        const command = commandOf(disaster.fix, "production");
        return `| ${disaster.title} | ${disaster.lost} | ${command === "" ? "none" : `\`${command}\``} | ${seconds} | \`${disaster.name}\` |`;
    });
    return [
        "# Disasters",
        "",
        "What can go wrong, what is lost for good, and the one command after which the platform is whole again. `npm run",
        "drill -- disasters` rehearses each in a sandbox of its own, with data before and after, and writes this page;",
        "`npm run drill -- disasters NAME…` rehearses some. After each, an update has nothing left to do.",
        "",
        "The seconds are those of the sandbox, where Azure takes no time. [rebuild.md](rebuild.md) has what to look at",
        "before, and the disasters that need more than one command.",
        "",
        "| Disaster | Lost | Command | Seconds | Name |",
        "| -------- | ---- | ------- | ------- | ---- |",
        ...rows,
        "",
    ].join("\n");
}
