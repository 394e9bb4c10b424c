import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { chartValues } from "../../../tools/tree/published/chart-values";
import { packagedChart } from "../../support/chart-package";

const subchart = (name: string) => ({
    [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    [`charts/${name}/values.yaml`]: "port: 80\nhost: theirs\n",
});

describe("the values of a published chart", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "chart-values-"));
    after(() => fs.rmSync(folder, { recursive: true }));

    const valuesOf = (values: object, files: Readonly<Record<string, string>> = {}) => {
        const archive = path.join(folder, "chart.tgz");
        fs.writeFileSync(archive, packagedChart({ name: "web", version: "1.0.0", values, files }));
        return chartValues(archive);
    };

    it("are its defaults and its schema", () => {
        const { defaults, schema } = valuesOf({ port: 1 }, { "values.schema.json": '{"required":["port"]}' });
        assert.deepEqual(defaults, { port: 1 });
        assert.deepEqual(schema, { required: ["port"] });
    });

    it("are those of its sub-charts below their names, where its own come first", () => {
        const { defaults } = valuesOf({ proxy: { host: "mine" } }, subchart("proxy"));
        assert.deepEqual(defaults, { proxy: { port: 80, host: "mine" } });
    });

    it("are those that Istio's charts keep below a key of their own", () => {
        const { defaults } = valuesOf({ _internal_defaults_do_not_set: { pilot: { cpu: "500m" } } });
        assert.deepEqual(defaults, { pilot: { cpu: "500m" } });
    });
});
