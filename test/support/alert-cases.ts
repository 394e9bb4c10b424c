import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const folder = path.join(__dirname, "../tree/alerts");

/** Series with a sample a minute, in promtool's notation, and the time to look at. */
const moment = { at: z.string(), series: z.record(z.string(), z.string()).default({}) };
const silence = z.strictObject(moment);
/** Labels beside those of the rule itself. The summary is the rule's own where its template takes nothing. */
const alarm = z.strictObject({
    ...moment,
    labels: z.record(z.string(), z.string()).default({}),
    summary: z.string().optional(),
});
const result = z.strictObject({
    ...moment,
    gives: z.array(z.strictObject({ labels: z.record(z.string(), z.string()).default({}), value: z.number() })),
});
const cases = z.union([
    z.strictObject({ fires: z.array(alarm).min(1), silent: z.array(silence).min(1) }),
    z.strictObject({ records: z.array(result).min(1) }),
]);

export type AlertCases = z.infer<typeof cases>;

/** When the rules of each system fire and when they do not, by system and rule: `test/tree/alerts/<system>.yaml`. */
export function alertCases(): ReadonlyMap<string, ReadonlyMap<string, AlertCases>> {
    return new Map(
        fs.readdirSync(folder).map((file) => {
            const parsed = z
                .record(z.string(), cases)
                .safeParse(parse(fs.readFileSync(path.join(folder, file), "utf8")));
            if (!parsed.success) {
                throw new Error(`test/tree/alerts/${file}: ${z.prettifyError(parsed.error)}`);
            }
            return [path.basename(file, ".yaml"), new Map(Object.entries(parsed.data))];
        }),
    );
}
