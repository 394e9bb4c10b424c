import { type Outage, outages, titleOf } from "./outage";
import type { Outcome } from "./rehearse";

/** `docs/outages.md`. */
export function page(outcomes: readonly Outcome[], seconds: number): string {
    const rows = outages.map((outage) => {
        const outcome = outcomes.find((other) => isSame(other.outage, outage));
        return outcome === undefined
            ? `| ${titleOf(outage)} | not rehearsed | | | |`
            : `| ${titleOf(outage)} | ${outcome.healed} | ${outcome.seconds} | ${outcome.requests} | ${cell(outcome.said)} |`;
    });
    return [
        "# Outages",
        "",
        `\`npm run drill -- outages\` writes this page. Somebody has deleted the federated credential of a controller in Azure and`,
        "the variables of the tree in the cluster. `pulumi up --refresh`, which reads everything and makes these again, meets",
        `an outage of ${seconds} seconds from the first request on. Afterwards the state is compared with Azure: nothing may be missing, doubled`,
        "or pending. An update that fails has to name the service, and the same command has to succeed once the outage is over.",
        "",
        `Rehearsed: ${outcomes.length} of ${outages.length}. What no request met was not needed meanwhile, and proves nothing.`,
        "",
        "| Outage | Healed | Seconds | Requests that met it | What the update says of it |",
        "| ------ | ------ | ------- | -------------------- | -------------------------- |",
        ...rows,
        "",
    ].join("\n");
}

function isSame(one: Outage, other: Outage): boolean {
    return one.service.name === other.service.name && one.effect === other.effect;
}

function cell(said: string): string {
    const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
    const text = said.replace(ids, "…").replaceAll("|", "\\|");
    return text === "" ? "" : `\`${text.length > 200 ? `${text.slice(0, 200)}…` : text}\``;
}
