import { describeRule } from "../../support/rule-examples";

const flagger = "systems/flagger/source.yaml";
const verify = /  verify:[^]*/;

describeRule("signatures", [
    {
        finds: "a chart that is taken without the signature that its publisher makes",
        edits: [{ file: flagger, from: verify, to: "" }],
        line: "spec:",
        problem:
            /OCIRepository flux-system\/flagger takes a chart without its signature, which https:\/\/github\.com\/fluxcd/,
        fix: /matchOIDCIdentity: .*fluxcd\/flagger\/\\\.github\/workflows\/release\\\.yml@refs\/tags\/v1\\\.44\\\.0\$/,
    },
    {
        finds: "an identity that anybody could have",
        edits: [{ file: flagger, from: /subject: .*/, to: "subject: ^https://github\\.com/.*$" }],
        line: "subject:",
        problem:
            /takes signatures of \^https:\/\/github\\\.com\/\.\*\$, not of https:\/\/github\.com\/fluxcd\/flagger.* alone/,
        fix: /release\\\.yml@/,
    },
    {
        finds: "one that a longer name fits as well",
        edits: [{ file: flagger, from: /v\\d\+.*/, to: "v" }],
        line: "subject:",
        problem: /takes signatures of .*refs\/tags\/v, not of/,
        fix: /release\\\.yml@/,
    },
    {
        finds: "the tokens of another issuer",
        edits: [{ file: flagger, from: /issuer: .*/, to: "issuer: ^https://accounts\\.google\\.com$" }],
        line: "issuer:",
        problem:
            /takes tokens of \^https:\/\/accounts.*, not of https:\/\/token\.actions\.githubusercontent\.com alone/,
        fix: /token\\\.actions/,
    },
    {
        finds: "a signature without an identity, which any workflow makes",
        edits: [{ file: flagger, from: / {4}matchOIDCIdentity:[^]*/, to: "" }],
        line: "verify:",
        problem: /does not name one identity: the publisher's/,
        fix: /matchOIDCIdentity/,
    },
    {
        finds: "a signature that nobody makes",
        edits: [{ file: "systems/traefik/source.yaml", from: /$/, to: "  verify:\n    provider: cosign\n" }],
        line: "verify:",
        problem: /OCIRepository flux-system\/traefik asks for a signature, and its publisher is not known to sign/,
        fix: /take verify away/,
    },
]);
