import { knownCharts } from "../charts";
import type { Finding } from "../finding";
import { field, list, textAt } from "../object";
import { everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";
import type { Signer } from "@landfall/facts";

/**
 * A chart that its publisher signs is taken with that signature alone: of the publisher's workflow, by the issuer of
 * its token. One that nobody signs asks for no signature, which no cluster would ever find. What teams take is their
 * affair.
 */
export function signatures(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "OCIRepository")
            .filter(({ layer }) => layer !== "tenants")
            .flatMap(faultsOf),
    );
}

function faultsOf(source: Manifest): Finding[] {
    const url = textAt(source.object, "spec.url") ?? "";
    const chart = knownCharts().find(({ published }) => published.includes(url));
    const verify = field(source.object, "spec.verify");
    if (chart?.signer === undefined) {
        const fix = `take verify away, or write who signs it into ${chart?.folder ?? "the chart's facts"}/chart.yaml`;
        const problem = "asks for a signature, and its publisher is not known to sign";
        return verify === undefined ? [] : [findingAt(source, "spec.verify", problem, fix)];
    }
    const { issuer, subject } = chart.signer;
    const fix = `write verify: { provider: cosign, matchOIDCIdentity: [{ issuer: ${whole(issuer)}, subject: ${whole(subject)} }] }, or a pattern for its tags after the @`;
    if (verify === undefined) {
        return [findingAt(source, "spec", `takes a chart without its signature, which ${subject} makes`, fix)];
    }
    const wrong = wrongPart(verify, chart.signer);
    return wrong === undefined ? [] : [findingAt(source, `spec.verify.${wrong.path}`, wrong.problem, fix)];
}

function wrongPart(verify: unknown, signer: Signer): { path: string; problem: string } | undefined {
    if (textAt(verify, "provider") !== "cosign") {
        return { path: "provider", problem: "is not verified by cosign" };
    }
    const [identity, ...others] = list(verify, "matchOIDCIdentity");
    if (identity === undefined || others.length > 0) {
        return { path: "matchOIDCIdentity", problem: "does not name one identity: the publisher's" };
    }
    const issuer = textAt(identity, "issuer") ?? "";
    if (issuer !== whole(signer.issuer)) {
        const problem = `takes tokens of ${issuer || "any issuer"}, not of ${signer.issuer} alone`;
        return { path: "matchOIDCIdentity.0.issuer", problem };
    }
    const subject = textAt(identity, "subject") ?? "";
    return isOf(subject, signer.subject)
        ? undefined
        : {
              path: "matchOIDCIdentity.0.subject",
              problem: `takes signatures of ${subject || "anybody"}, not of ${signer.subject} alone`,
          };
}

/** Whether a pattern takes a workflow's signatures and no other's: it may leave open at which tag it ran. */
function isOf(pattern: string, subject: string): boolean {
    const workflow = subject.slice(0, subject.indexOf("@") + 1);
    return pattern.startsWith(`^${escaped(workflow)}`) && pattern.endsWith("$") && new RegExp(pattern).test(subject);
}

function whole(text: string): string {
    return `^${escaped(text)}$`;
}

function escaped(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
