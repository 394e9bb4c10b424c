import * as assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as vm from "node:vm";
import type * as pulumi from "@pulumi/pulumi";
import type { BundledResource } from "../../components/bundled-resource";
import { deploy } from "./deploy";

/**
 * The provider of the one dynamic resource that a program makes, as the engine gets it: a text, which another process
 * evaluates on its own. What a provider uses and does not bring along shows here.
 */
export async function serializedProvider<Inputs>(
    program: () => BundledResource,
): Promise<pulumi.dynamic.ResourceProvider<Inputs>> {
    const { resources } = await deploy(program, {
        "pulumi-nodejs:dynamic/gitops:FluxReadiness": () => ({ ready: true, status: "" }),
    });
    const code = String(resources[0]?.inputs.__provider);
    const module: { exports: { handler?: () => pulumi.dynamic.ResourceProvider<Inputs> } } = { exports: {} };
    // As the SDK's process for dynamic providers does, but without a file.
    const evaluate = vm.runInThisContext(`(module, require) => {${code}\n}`) as (...scope: unknown[]) => void;
    evaluate(module, createRequire(__filename));
    assert.ok(module.exports.handler);
    return module.exports.handler();
}
