import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["node_modules/**"] },
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.recommendedTypeChecked],
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            // An Output in a template literal or string concatenation prints its toString warning, not its value.
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
            "@typescript-eslint/prefer-nullish-coalescing": "error",
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
        },
    },
    {
        files: ["index.ts", "components/**/*.ts", "examples/**/*.ts"],
        rules: {
            "no-restricted-imports": [
                "error",
                {
                    paths: [{ name: "@pulumi/azure-native", message: "Import the module: the root costs seconds." }],
                    patterns: [{ group: ["**/sandbox/**"], message: "The program does not know of the sandbox." }],
                },
            ],
        },
    },
    {
        files: ["test/**/*.ts"],
        rules: { "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: true }] },
    },
);
