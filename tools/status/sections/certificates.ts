import type { Observation } from "../read/observation";
import type { Certificate, Problem } from "../status";
import { type Commands, oneLine, section, type Section } from "./section";

/** A certificate that should have been renewed a day ago is not being renewed. */
const lateMs = 24 * 3_600_000;

/** cert-manager's certificates, those that expire first at the top. */
export function certificates(
    { at, cluster }: Pick<Observation, "at" | "cluster">,
    commands: Commands,
): Section<readonly Certificate[]> {
    return section(cluster.certificates, (read) => {
        const part = read
            .map(({ metadata, spec, status }): Certificate => {
                const ready = status?.conditions?.find(({ type }) => type === "Ready");
                const isFailing = ready?.status === "False" && status?.conditions?.some(isFailure) === true;
                return {
                    namespace: metadata.namespace ?? "",
                    name: metadata.name,
                    state: ready?.status === "True" ? "ready" : isFailing ? "failed" : "working",
                    names: spec?.dnsNames ?? [],
                    expires: status?.notAfter ?? "",
                    renews: status?.renewalTime ?? "",
                    message: oneLine(ready?.message ?? "not issued yet"),
                };
            })
            .sort((a, b) => (a.expires || "~").localeCompare(b.expires || "~"));
        const problems = part.flatMap((certificate) => problemsOf(certificate, Date.parse(at), commands));
        return { part, problems };
    });
}

/** Condition `Issuing` says with status False that the last attempt failed. */
function isFailure({ type, status }: { readonly type: string; readonly status: string }): boolean {
    return type === "Issuing" && status === "False";
}

function problemsOf({ namespace, name, state, expires, renews, message }: Certificate, at: number, commands: Commands) {
    const late = renews !== "" && at - Date.parse(renews) > lateMs;
    const what =
        state === "failed" ? message : late ? `expires ${expires}, and should have been renewed ${renews}` : undefined;
    const problem = (text: string): Problem => ({
        severity: "error",
        part: "certificates",
        object: `Certificate ${namespace}/${name}`,
        message: text,
        cause: "the issuer does not sign: its challenge is not answered, or its account is refused",
        command: `${commands.kubectl} describe certificate,certificaterequest,order,challenge -n ${namespace}`,
    });
    return what === undefined ? [] : [problem(what)];
}
