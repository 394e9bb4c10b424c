import { describeRule } from "../../support/rule-examples";

describeRule("metrics", [
    {
        finds: "an alert on a metric that nothing has",
        edits: [
            {
                file: "systems/memcached/alerts.yaml",
                from: "memcached_current_connections /",
                to: "memcached_clients /",
            },
        ],
        line: "memcached_clients",
        problem: /no exporter is known to have metric memcached_clients/,
        fix: /packages\/facts\/metrics/,
    },
    {
        finds: "a metric that is mistyped in a dashboard",
        edits: [
            { file: "systems/valkey/dashboard.json", from: "redis_connected_clients", to: "redis_conected_clients" },
        ],
        line: "redis_conected_clients",
        problem: /no exporter is known to have metric redis_conected_clients/,
        fix: /did you mean redis_connected_clients\?/,
    },
    {
        finds: "a variable of a dashboard that asks for such a metric",
        edits: [
            {
                file: "systems/valkey/dashboard.json",
                from: "label_values(redis_up, namespace)",
                to: "label_values(redis_upp, namespace)",
            },
        ],
        line: "redis_upp",
        problem: /metric redis_upp/,
        fix: /did you mean redis_up\?/,
    },
    {
        finds: "a check of a canary on such a metric",
        edits: [
            { file: "systems/podinfo/metrics.yaml", from: "rate(http_requests_total", to: "rate(http_request_total" },
        ],
        line: "query",
        problem: /metric http_request_total/,
        fix: /did you mean http_requests_total\?/,
    },
    {
        finds: "a query that does not parse",
        edits: [
            {
                file: "systems/valkey/dashboard.json",
                from: "sum(redis_connected_clients",
                to: "sum redis_connected_clients",
            },
        ],
        line: "sum redis_connected_clients",
        problem: /a query makes no sense/,
        fix: /promtool promql format/,
    },
    {
        finds: "the rate of what goes down, too",
        edits: [
            {
                file: "systems/memcached/alerts.yaml",
                from: "memcached_current_connections / memcached_max_connections > 0.9",
                to: "rate(memcached_current_connections[5m]) > 9",
            },
        ],
        line: "rate(memcached_current_connections",
        problem: /rate of memcached_current_connections, which goes down too/,
        fix: /delta or deriv/,
    },
]);
