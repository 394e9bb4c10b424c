/** What a stack costs a month by its settings, at list prices. */
import * as path from "node:path";
import { parseArgs } from "node:util";
import { estimate } from "../../components/cost/estimate";
import { readPrices } from "../../components/cost/prices";
import { readConfiguration } from "../../components/settings/settings";
import { DoctorError } from "../doctor/doctor-error";
import { readStackConfig } from "../doctor/stack-config";
import { runCommand } from "../run-command";
import { report } from "./report";

const usage = `Usage: npm run cost -- --stack STACK [--json]

  Adds up Azure's list prices of what the settings ask for, from the dated tables in components/cost/list-prices.json, and
  names what they do not know. It asks nobody.`;

function main(args: string[]): number {
    const { values } = parseArgs({
        args,
        options: {
            stack: { type: "string" },
            json: { type: "boolean", default: false },
            help: { type: "boolean", default: false },
        },
    });
    if (values.help || values.stack === undefined) {
        console.error(usage);
        return values.help ? 0 : 2;
    }
    const { raw, encrypted } = readStackConfig(path.join(__dirname, "../.."), values.stack);
    const { settings, problems } = readConfiguration(values.stack, raw, encrypted, undefined);
    if (!settings) {
        problems.forEach(({ key, message }) => console.error(`${key}: ${message}`));
        return 1;
    }
    const found = estimate(settings, readPrices());
    console.log(values.json ? JSON.stringify(found, undefined, 2) : report(found));
    return 0;
}

runCommand(main, { usage, forPeople: [DoctorError] });
