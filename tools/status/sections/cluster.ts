import type { ClusterObservation } from "../read/observation";
import { type Cluster, isKnown, type Problem } from "../status";
import type { Commands, Section } from "./section";

/** The API server and the nodes. A server that does not answer is a problem of its own: nothing else is known then. */
export function cluster({ server, nodes }: ClusterObservation, isThere: boolean, commands: Commands): Section<Cluster> {
    if (!isKnown(server)) {
        const problem: Problem = {
            severity: "error",
            part: "cluster",
            object: "API server",
            message: server.unknown,
            command: commands.examine,
        };
        // Where Azure has no cluster, that is what is wrong.
        return { part: server, problems: isThere ? [problem] : [] };
    }
    const shown = isKnown(nodes)
        ? nodes.map(({ metadata, status }) => {
              const ready = status?.conditions?.find(({ type }) => type === "Ready");
              return {
                  name: metadata.name,
                  ready: ready?.status === "True",
                  version: status?.nodeInfo?.kubeletVersion ?? "",
                  message: ready?.status === "True" ? "" : (ready?.message ?? "has not reported yet"),
              };
          })
        : nodes;
    const problems = (isKnown(shown) ? shown : [])
        .filter(({ ready }) => !ready)
        .map(({ name, message }): Problem => ({
            severity: "error",
            part: "cluster",
            object: `Node ${name}`,
            message,
            command: `${commands.kubectl} describe node ${name}`,
        }));
    return { part: { server: server.url, version: server.version, nodes: shown }, problems };
}
