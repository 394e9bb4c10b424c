import * as fs from "node:fs";
import * as path from "node:path";
import type { Breaker } from "./breaking";

const file = "systems/traefik/source.yaml";

/** A commit asks for a version of a chart that nobody published. */
export const chart: Breaker = {
    done: `Somebody committed version 99.0.0 of Traefik's chart, in ${file} of the fleet repository.`,
    act({ commits }) {
        commits.break("the chart of Traefik", (clone) => {
            const source = path.join(clone, file);
            fs.writeFileSync(source, fs.readFileSync(source, "utf8").replace(/^( +tag:) .*$/m, "$1 99.0.0"));
        });
        return Promise.resolve();
    },
};
