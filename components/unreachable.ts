/**
 * Why a request of the program got no answer. Where the environment names a proxy that Node.js did not go through, says
 * how it does: Pulumi's providers follow HTTPS_PROXY by themselves, so that half of an update would work.
 *
 * @see https://nodejs.org/api/cli.html#node_use_env_proxy1
 */
export function whyUnreachable(error: unknown, environment: NodeJS.ProcessEnv = process.env): string {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const {
        HTTPS_PROXY,
        https_proxy: lowerCase,
        NODE_USE_ENV_PROXY: followed,
        NODE_OPTIONS: options = "",
    } = environment;
    if ((!HTTPS_PROXY && !lowerCase) || followed === "1" || options.includes("env-proxy")) {
        return reason;
    }
    return `${reason}; HTTPS_PROXY is set, and Node.js follows it with NODE_USE_ENV_PROXY=1, from 22.21 and 24.5 on (this is ${process.version}; README.md, Behind a proxy)`;
}
