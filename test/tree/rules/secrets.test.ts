import { describeRule } from "../../support/rule-examples";

const file = "clusters/production/podinfo-credentials.sops.yaml";

describeRule("secrets", [
    {
        finds: "a Secret that nobody encrypted",
        edits: [
            {
                file: "apps/staging/plain.yaml",
                text: "apiVersion: v1\nkind: Secret\nmetadata:\n  name: plain\nstringData:\n  a: b\n",
            },
        ],
        line: "kind: Secret",
        problem: /Secret plain is not encrypted/,
        fix: /npm run secret -- set/,
    },
    {
        finds: "one value that was added in the clear",
        edits: [{ file, from: "stringData:\n", to: "stringData:\n    password: open\n" }],
        line: "password: open",
        problem: /stringData\.password is not encrypted/,
        fix: /npm run secret -- set/,
    },
    {
        finds: "a Secret that is not encrypted to whom .sops.yaml names",
        edits: [
            {
                file: ".sops.yaml",
                from: /(\(\^\|\/\)clusters\/production\/\[[^]*pgp: )\w+/,
                to: `(^|/)clusters/production/[^/]+\\.sops\\.yaml$\n    encrypted_regex: ^(data|stringData)$\n    pgp: ${"A".repeat(40)}`,
            },
        ],
        file,
        line: "kind: Secret",
        problem: /is not encrypted to A{40}, which \.sops\.yaml names/,
        fix: /npm run secret -- recipients production/,
    },
]);
