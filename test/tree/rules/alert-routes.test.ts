import { describeRule } from "../../support/rule-examples";

const file = "clusters/production/kustomization.yaml";
const routes = "systems/kube-prometheus-stack/routes";
const production = { environments: ["production"], meshes: ["istio"] };
const line = "resources:";

describeRule("alert-routes", [
    {
        finds: "an environment with users whose alerts reach nobody",
        edits: [{ file, from: /.*routes\/slack.*\n/, to: "" }],
        line,
        problem: /production asks for certificates that browsers trust, .* critical alerts reach nobody/,
        fix: /routes\/<slack, teams or mail> .* npm run secret -- set production alert-receivers/,
        options: production,
    },
    {
        finds: "an environment without a dead man's switch",
        edits: [{ file, from: /.*routes\/watchdog.*\n/, to: "" }],
        line,
        problem: /production has no dead man's switch/,
        fix: /routes\/<watchdog>/,
        options: production,
    },
    {
        finds: "a route that leaves critical alerts out",
        edits: [
            {
                file: `${routes}/slack/route.yaml`,
                from: "value: critical|warning, matchType: =~",
                to: 'value: warning, matchType: "="',
            },
        ],
        file,
        line,
        problem: /critical alerts reach nobody/,
        fix: /routes/,
        options: production,
    },
    {
        finds: "a receiver that sends nothing",
        edits: [{ file: `${routes}/watchdog/route.yaml`, from: /      webhookConfigs:\n(.*\n)*/, to: "" }],
        file,
        line,
        problem: /has no dead man's switch/,
        fix: /watchdog/,
        options: production,
    },
    {
        finds: "staging as soon as its certificates are trusted",
        edits: [{ file: "systems/cert-manager/letsencrypt-staging.yaml", from: "acme-staging-v02", to: "acme-v02" }],
        file: "clusters/staging/kustomization.yaml",
        line,
        problem: /staging asks for certificates that browsers trust/,
        fix: /set staging alert-receivers/,
    },
    {
        accepts: "mail in the place of Slack",
        edits: [{ file, from: "routes/slack", to: "routes/mail" }],
        options: production,
    },
    {
        accepts: "Teams in the place of Slack",
        edits: [{ file, from: "routes/slack", to: "routes/teams" }],
        options: production,
    },
]);
