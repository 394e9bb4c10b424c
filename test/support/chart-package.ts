import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { program } from "../../tools/tree/programs";

/** A chart that a test writes. */
export interface ChartSource {
    readonly name: string;
    readonly version: string;
    readonly values?: object;
    /** Content by path in the chart: templates, crds, a schema. */
    readonly files: Readonly<Record<string, string>>;
}

/** The archive that `helm package` makes of a chart. */
export function packagedChart({ name, version, values = {}, files }: ChartSource): Buffer {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "chart-package-"));
    try {
        const all = {
            "Chart.yaml": stringify({ apiVersion: "v2", name, version }),
            "values.yaml": stringify(values),
            ...files,
        };
        for (const [file, text] of Object.entries(all)) {
            fs.mkdirSync(path.dirname(path.join(folder, name, file)), { recursive: true });
            fs.writeFileSync(path.join(folder, name, file), text);
        }
        execFileSync(program("helm"), ["package", path.join(folder, name), "--destination", folder], { stdio: "pipe" });
        return fs.readFileSync(path.join(folder, `${name}-${version}.tgz`));
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}
