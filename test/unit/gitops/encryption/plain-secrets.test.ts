import * as assert from "node:assert/strict";
import { plainSecretProblems } from "../../../../components/gitops/encryption/plain-secrets";
import { sealedSecret } from "../../../support/sealed-secret";

const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData: { password: open }\n";
const item = "{ apiVersion: v1, kind: Secret, metadata: { name: db }, stringData: { password: open } }";
const fingerprint = "A".repeat(40);

describe("Secrets in plain text", () => {
    for (const [what, file, text] of [
        ["a document", "apps/a.yaml", secret],
        ["a second document", "apps/a.yaml", `a: 1\n---\n${secret}`],
        ["JSON", "apps/db.json", JSON.stringify({ apiVersion: "v1", kind: "Secret", stringData: { a: "b" } })],
        ["an item of a List", "apps/a.yaml", `apiVersion: v1\nkind: List\nitems:\n  - ${item}\n`],
        [
            "an item of a SecretList, which has no kind",
            "apps/a.yaml",
            "apiVersion: v1\nkind: SecretList\nitems:\n  - { metadata: { name: db }, data: { a: YQ== } }\n",
        ],
        [
            "a List that sops encrypted, which Flux does not decrypt",
            "a.yaml",
            `kind: List\nitems: [${item}]\nsops: {}\n`,
        ],
        ["an object within another", "apps/a.yaml", `kind: HelmRelease\nspec: { values: { extra: [${item}] } }\n`],
        ["an editor's backup", "apps/secret.yaml~", secret],
        ["an editor's backup", "apps/secret.yaml.bak", secret],
        ["the plain text that a plugin keeps beside the file", "apps/.decrypted~db.sops.yaml", secret],
        ["a generator", "apps/kustomization.yaml", "secretGenerator:\n  - { name: db, literals: [a=b] }\n"],
        ["a generator of files", "apps/kustomization.yaml", "secretGenerator:\n  - { name: db, envs: [.env] }\n"],
        ["a generator's own file", "apps/g.yaml", "kind: SecretGenerator\nmetadata: { name: db }\nliterals: [a=b]\n"],
        [
            "a patch in a kustomization.yaml",
            "apps/kustomization.yaml",
            `patches:\n  - patch: |\n      ${secret.trim().replaceAll("\n", "\n      ")}\n`,
        ],
        [
            "an operation on a Secret",
            "apps/kustomization.yaml",
            "patches:\n  - target: { kind: Secret, name: db }\n    patch: '[{ op: add, path: /data/a, value: YQ== }]'\n",
        ],
    ] as const) {
        it(`are found in ${what}`, () => {
            const [problem = "", ...others] = plainSecretProblems({ [file]: text });
            assert.ok(problem.startsWith(`gitops/${file}: `), problem);
            assert.match(problem, /not encrypted; .*npm run secret -- set/);
            assert.doesNotMatch(problem, /open|YQ==/);
            assert.deepEqual(others, []);
        });
    }

    it("are found in a patch's own file", () => {
        const tree = {
            "apps/kustomization.yaml": "patches:\n  - { target: { kind: Secret }, path: ../patch.yaml }\n",
            "patch.yaml": "- { op: add, path: /data/a, value: YQ== }\n",
        };
        assert.match(
            plainSecretProblems(tree).join("\n"),
            /^gitops\/apps\/kustomization\.yaml: a patch .* not encrypted/,
        );
    });

    describe("that take secret variables", () => {
        const variables = {
            "clusters/staging/secret-vars.sops.yaml":
                "apiVersion: v1\nkind: Secret\nmetadata: { name: secret-vars, namespace: flux-system }\nstringData: { db_password: ENC }\nsops: {}\n",
        };
        const taking = (values: string) =>
            plainSecretProblems({
                ...variables,
                "systems/db/password.yaml": `apiVersion: v1\nkind: Secret\nmetadata: { name: db }\n${values}\n`,
            });

        it("are none where each value takes one", () => {
            assert.deepEqual(taking('stringData: { a: "${db_password}", b: "postgres://db:${db_password}@db" }'), []);
        });

        for (const [what, values] of [
            ["beside another value", 'stringData: { a: "${db_password}", b: open }'],
            ["by a name that no Secret gives", 'stringData: { a: "${db_pasword}" }'],
            ["escaped", 'stringData: { a: "$${db_password}" }'],
            ["with a default", 'stringData: { a: "${db_password:=open}" }'],
            ["in data, which Flux does not encode", 'data: { a: "${db_password}" }'],
            ["and hold nothing", "stringData: {}"],
        ] as const) {
            it(`are found where a variable stands ${what}`, () => {
                assert.match(
                    taking(values).join("\n"),
                    /^gitops\/systems\/db\/password\.yaml: Secret db is not encrypted/,
                );
            });
        }

        it("are found in a patch, which nobody would look for there", () => {
            const patch =
                "patches:\n  - target: { kind: Secret, name: db }\n    patch: '[{ op: add, path: /stringData/a, value: \"${db_password}\" }]'\n";
            const problems = plainSecretProblems({ ...variables, "apps/kustomization.yaml": patch });
            assert.match(problems.join("\n"), /a patch gives a Secret values/);
        });
    });

    it("are none of what is encrypted, names a Secret, or changes one's metadata", () => {
        const tree = {
            "clusters/staging/s.sops.yaml": sealedSecret({ pgp: [fingerprint] }),
            "apps/release.yaml": "kind: HelmRelease\nspec: { valuesFrom: [{ kind: Secret, name: db }] }\n",
            "apps/kustomization.yaml": "patches:\n  - { target: { kind: Secret, name: db }, path: ../take.yaml }\n",
            "take.yaml": "- { op: remove, path: /metadata/annotations/a }\n",
            "apps/values.yaml": "data: { a: b }\nitems: [{ data: { a: b } }]\nsecretName: Secret\n",
            "README.md": `# Secrets\n\n\`\`\`yaml\n${secret}\`\`\`\n`,
            "apps/chart/templates/secret.yaml": `{{- if .Values.x }}\n${secret}{{- end }}\n`,
        };
        assert.deepEqual(plainSecretProblems(tree), []);
    });
});
