import { inPlaceOfTraefik, traefikPods } from "../../support/published-charts";
import { describeRule } from "../../support/rule-examples";

const file = "systems/traefik/network-policy.yaml";

describeRule("network-policy-targets", [
    {
        accepts: "the names and numbers of ports that a chart's pods have",
        edits: [{ file, from: "port: websecure", to: "port: 8443" }],
        published: [inPlaceOfTraefik(traefikPods())],
    },
    {
        finds: "a policy whose labels no pod of the chart has",
        edits: [{ file, from: "app.kubernetes.io/name: traefik", to: "app.kubernetes.io/name: proxy" }],
        published: [inPlaceOfTraefik(traefikPods())],
        line: "podSelector:",
        problem: /NetworkPolicy traefik\/entry-points selects no pod: nothing in namespace traefik has these labels/,
        fix: /the pods there have: app\.kubernetes\.io\/name=traefik/,
    },
    {
        finds: "a port that the chart's pods do not have",
        edits: [],
        published: [inPlaceOfTraefik(traefikPods({ ports: [{ name: "web", containerPort: 8000 }] }))],
        file,
        line: "port: websecure",
        problem: /NetworkPolicy traefik\/entry-points lets in to port websecure, which no pod that it selects has/,
        fix: /they have: web \(8000\)/,
    },
    {
        finds: "a port of another number",
        edits: [{ file, from: "port: websecure", to: "port: 443" }],
        published: [inPlaceOfTraefik(traefikPods())],
        line: "port: 443",
        problem: /lets in to port 443/,
        fix: /web \(8000\), websecure \(8443\)/,
    },
    {
        accepts: "a port of a pod that an operator makes",
        edits: [{ file: "systems/flux/alertmanager/network-policy.yaml", from: "port: 9093", to: "port: http-web" }],
    },
]);
