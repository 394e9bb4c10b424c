import { describeRule } from "../../support/rule-examples";

const file = "systems/postgresql/cluster.yaml";
const staging = "systems/postgresql/cluster-staging.yaml";
const name = "serverName: postgresql-${cluster_generation}-17";

describeRule("database-archives", [
    {
        finds: "a folder that the next cluster finds filled",
        edits: [{ file, from: name, to: "serverName: postgresql" }],
        options: { environments: ["production"], meshes: ["istio"] },
        line: "serverName: postgresql",
        problem: /Cluster postgresql\/postgresql archives into folder postgresql, which an earlier cluster/,
        fix: /serverName: postgresql-\$\{cluster_generation\}-17/,
    },
    {
        finds: "a major that archives where the one before did",
        edits: [{ file: staging, from: "postgresql:18.6", to: "postgresql:19.0" }],
        line: "serverName",
        problem: /archives into folder postgresql-\w+-18/,
        fix: /serverName: postgresql-\$\{cluster_generation\}-19, in the patch that sets imageName/,
    },
    {
        finds: "an archive without a name, which is called as the database",
        edits: [{ file, from: `        ${name}\n`, to: "" }],
        options: { environments: ["production"], meshes: ["istio"] },
        line: "- name: barman-cloud",
        problem: /archives into a folder without a name of its own/,
        fix: /serverName: postgresql-/,
    },
    {
        accepts: "a plugin that archives nothing",
        edits: [{ file: staging, from: "isWALArchiver: true", to: "isWALArchiver: false" }],
    },
]);
