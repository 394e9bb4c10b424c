import { builtinModules } from "node:module";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";
import { borders } from "./eslint.borders.mjs";

/** Imports that are refused everywhere. Options of a rule are not merged between blocks, so each block repeats them. */
const refusedImports = [
    ...builtinModules.map((name) => ({ name, message: `Write "node:${name}".` })),
    { name: "node:assert", message: 'Import "node:assert/strict".' },
];

/** As above, for `no-restricted-syntax`. */
const refusedSyntax = [
    {
        selector:
            "ImportDeclaration[source.value='node:assert/strict'] > :matches(ImportDefaultSpecifier, ImportSpecifier)",
        message: 'Write `import * as assert from "node:assert/strict"`.',
    },
    {
        selector: "MemberExpression[object.name=/^(describe|context|it)$/][property.name='only']",
        message: "Remove `.only`: it keeps all other tests from running.",
    },
];

export default tseslint.config(
    { ignores: ["node_modules/**"], linterOptions: { reportUnusedDisableDirectives: "error" } },
    {
        files: ["**/*.ts", "**/*.tsx"],
        extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
        plugins: { "import-x": importX },
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js", ".json"] })] },
        rules: {
            // One dialect.
            curly: "error",
            eqeqeq: "error",
            "object-shorthand": ["error", "properties"],
            "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
            "@typescript-eslint/naming-convention": [
                "error",
                { selector: "typeLike", format: ["PascalCase"] },
                { selector: "variable", modifiers: ["const", "global"], format: ["camelCase"] },
            ],
            "@typescript-eslint/no-import-type-side-effects": "error",
            "import-x/first": "error",
            "import-x/no-duplicates": ["error", { "prefer-inline": true }],
            "import-x/order": [
                "error",
                {
                    "newlines-between": "never",
                    alphabetize: { order: "asc", caseInsensitive: true },
                    named: { enabled: true, types: "mixed" },
                },
            ],
            "no-restricted-imports": ["error", { paths: refusedImports }],
            "no-restricted-syntax": ["error", ...refusedSyntax],

            // Borders: who may import what.
            "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones: borders }],
            "import-x/no-relative-packages": "error",
            "import-x/no-extraneous-dependencies": "error",

            // Size. Functions aim at 40 lines; the limits are where a reviewer would always object. `??` and `?.` count
            // as branches, so a flat table of defaults is complex too.
            complexity: ["error", 25],
            "max-len": [
                "error",
                {
                    code: 120,
                    ignoreUrls: true,
                    ignoreStrings: true,
                    ignoreTemplateLiterals: true,
                    ignoreRegExpLiterals: true,
                },
            ],
            "max-lines": ["error", 300],
            "max-lines-per-function": ["error", 70],
            "max-params": ["error", 6],

            // An Output in a template literal or string concatenation prints its toString warning, not its value.
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],

            // Off, each with its reason.
            // `only-throw-error` and `prefer-promise-reject-errors` make sure that what is caught is an Error.
            "@typescript-eslint/use-unknown-in-catch-callback-variable": "off",
            // The clients of Kubernetes and Azure declare plain data as classes, and take object literals for it.
            "@typescript-eslint/no-misused-spread": "off",
            "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
            // The types of Node, JSON and YAML promise values where there may be none.
            "@typescript-eslint/no-unnecessary-condition": "off",
            // Loops that poll end in `await sleep(100)`.
            "@typescript-eslint/no-confusing-void-expression": "off",
            // The stand-ins keep what they store as records, which are JSON as they are.
            "@typescript-eslint/no-dynamic-delete": "off",
            // Flags are sums of the values of an enum.
            "@typescript-eslint/no-unsafe-enum-assignment": "off",
            // A type parameter may say what a caller knows of an answer.
            "@typescript-eslint/no-unnecessary-type-parameters": "off",
        },
    },
    {
        files: ["index.ts", "components/**/*.ts", "examples/**/*.ts"],
        rules: {
            "no-restricted-imports": [
                "error",
                {
                    paths: [
                        ...refusedImports,
                        { name: "@pulumi/azure-native", message: "Import the module: the root costs seconds." },
                    ],
                },
            ],
            "no-restricted-syntax": [
                "error",
                ...refusedSyntax,
                {
                    selector:
                        "CallExpression[callee.property.name='apply'] :not(ThrowStatement) > NewExpression[callee.type='MemberExpression']",
                    message: "Create the resource outside of apply: a preview does not see it there.",
                },
                {
                    selector:
                        "ClassDeclaration[superClass.object.property.name='dynamic'][superClass.property.name='Resource']",
                    message: "Extend BundledResource: Pulumi takes seconds of each update to serialize a provider.",
                },
            ],
        },
    },
    {
        // The Kubernetes client's types make every field optional, those that the API server always sets too. In a
        // test, a missing value fails the test.
        files: ["packages/sandbox/**/*.ts", "test/**/*.ts"],
        rules: { "@typescript-eslint/no-non-null-assertion": "off" },
    },
    {
        files: ["**/*.test.ts"],
        rules: {
            // `describe` is one function.
            "max-lines-per-function": "off",
            "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: true }],
        },
    },
);
