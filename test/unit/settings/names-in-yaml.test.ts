import * as assert from "node:assert/strict";
import { namesInYaml } from "../../../components/settings/names-in-yaml";
import type { SettingValues } from "../../../components/settings/settings-schema";

const problems = (values: Partial<SettingValues>, stack = "staging") =>
    namesInYaml(stack, values as SettingValues).map(({ key, message }) => `${key}: ${message}`);

describe("names that manifests take through variables", () => {
    it("are text to YAML, or refused with what they are", () => {
        for (const [name, type] of [
            ["20240115", "a number"],
            ["0123", "a number"],
            ["0x1f", "a number"],
            ["0o17", "a number"],
            ["0b11", "a number"],
            ["123e4567", "a number"],
            ["12e03", "a number"],
        ] as const) {
            const [problem, ...others] = problems({ storageAccountName: name });
            assert.ok(problem?.startsWith(`landfall:storageAccountName: ${name} is ${type} to YAML, `), problem);
            assert.deepEqual(others, []);
        }
        for (const [name, type] of [
            ["2026", "a number"],
            ["1.0", "a number"],
            ["1_000", "a number"],
            [".inf", "a number"],
            ["2026-01-15", "a date or a list"],
            ["~", "null"],
            ["#1", "null"],
            ["*x", "no text"],
        ] as const) {
            assert.match(
                problems({ fleetBranch: name }).join("\n"),
                new RegExp(`fleetBranch: .* is ${type} to YAML`),
                name,
            );
        }
        for (const name of ["no", "on", "y", "n", "yes", "off", "true"]) {
            assert.match(
                problems({ environment: name }).join("\n"),
                /landfall:environment: \w+ is true or false to YAML/,
            );
        }
        assert.match(problems({ environment: "null" }).join("\n"), /environment: null is null to YAML/);
        assert.match(problems({ domain: "1.5" }).join("\n"), /domain: 1\.5 is a number to YAML/);
    });

    it("may be the stack's own, which then is named", () => {
        const [problem, ...others] = problems({}, "2026");
        assert.match(problem ?? "", /^landfall:environment: 2026 \(the stack's name\) is a number to YAML/);
        assert.deepEqual(others, []);
    });

    it("may have digits, points and hyphens among letters", () => {
        for (const name of ["staging", "v1.0", "2026-q1", "release/1.0", "a1", "1a", "east-1", "x20240115"]) {
            assert.deepEqual(problems({ environment: name, fleetBranch: name, storageAccountName: name }), [], name);
        }
    });
});
