import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ChartDefinition, chartSchemasFolder, chartsFolder, readDefinitions } from "@landfall/facts";
import type { Route } from "../network/route";
import { type Chart, packageChart } from "./chart";
import { customResourceDefinitions } from "./custom-resource";
import { registryHandler } from "./registry";
import { repositoryHandler } from "./repository";

/**
 * Makes the charts which stand in for those that the tree installs: one for each folder with a `chart.yaml`, with the
 * name, version, values, value schema, custom resource definitions and workload names of the published chart. The same
 * charts are made at every start.
 *
 * They show that a tree's versions, values, order, health checks and custom resources fit together. They do not show
 * that the software does its work: its pods run nothing.
 *
 * `fluxOperatorSource` is the folder of the Flux Operator's source, whose definitions are used as they are.
 */
export async function generateCharts(fluxOperatorSource: string): Promise<Chart[]> {
    const library = await readFile(join(__dirname, "workload.tpl"), "utf8");
    const definitions = await readDefinitions(chartsFolder);
    return Promise.all(definitions.map((definition) => generate(definition, library, fluxOperatorSource)));
}

async function generate(definition: ChartDefinition, library: string, fluxOperatorSource: string): Promise<Chart> {
    const crds =
        definition.crds === undefined
            ? []
            : await customResourceDefinitions(definition.crds, chartSchemasFolder, fluxOperatorSource);
    return packageChart(definition, crds, library);
}

/** The hosts that the charts are published at: OCI registries and Helm repositories. */
export function chartRoutes(charts: readonly Chart[]): Route[] {
    const places = charts.flatMap((chart) =>
        chart.published.map((address) => {
            // The URL parser knows no host in an address whose scheme it does not know.
            const { host, pathname } = new URL(address.replace(/^oci:/, "https:"));
            return { chart, host, path: pathname.replace(/\/$/, ""), oci: address.startsWith("oci:") };
        }),
    );
    return [...new Set(places.map(({ host }) => host))].map((host) => {
        const here = places.filter((place) => place.host === host);
        const registry = registryHandler(
            host,
            here.filter(({ oci }) => oci).map(({ path, chart }) => ({ repository: path.slice(1), chart })),
        );
        const repository = repositoryHandler(
            host,
            here.filter(({ oci }) => !oci),
        );
        return {
            host,
            handle: (request) => (request.url.pathname.startsWith("/v2") ? registry : repository)(request),
        };
    });
}
