import type { Finding } from "../finding";
import { inEveryLiveCluster } from "../rendering/live";
import { findingAt, type Tree } from "../tree";

/** Every chart renders with its release's values. */
export function renderings(tree: Tree): Promise<readonly Finding[]> {
    return inEveryLiveCluster(tree, ({ releases }) =>
        releases.flatMap(({ release, chart, error }) => {
            const reason = error?.split("\n").filter((line) => line !== "" && !line.startsWith("Use --debug"));
            const problem = `does not render with chart ${chart}: ${reason?.join(" ")}`;
            const fix = "correct the values that the named template reads";
            return error === undefined ? [] : [findingAt(release, "spec.values", problem, fix)];
        }),
    );
}
