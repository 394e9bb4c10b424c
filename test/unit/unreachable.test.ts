import * as assert from "node:assert/strict";
import { whyUnreachable } from "../../components/unreachable";

describe("a request without an answer", () => {
    const failed = new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND api.github.com") });

    it("says why", () => {
        assert.equal(whyUnreachable(failed, {}), "getaddrinfo ENOTFOUND api.github.com");
        assert.equal(whyUnreachable(new Error("timeout"), {}), "timeout");
        assert.equal(whyUnreachable("gone", {}), "gone");
    });

    it("says how to go through the proxy of the environment, where Node.js did not", () => {
        for (const environment of [{ HTTPS_PROXY: "http://proxy:3128" }, { https_proxy: "http://proxy:3128" }]) {
            assert.match(
                whyUnreachable(failed, environment),
                /^getaddrinfo .*; HTTPS_PROXY is set, .*NODE_USE_ENV_PROXY=1/,
            );
            assert.doesNotMatch(whyUnreachable(failed, { ...environment, NODE_USE_ENV_PROXY: "1" }), /PROXY/);
            assert.doesNotMatch(whyUnreachable(failed, { ...environment, NODE_OPTIONS: "--use-env-proxy" }), /PROXY/);
        }
    });

    it("does not show the proxy's address, which may hold a password", () => {
        assert.doesNotMatch(whyUnreachable(failed, { HTTPS_PROXY: "http://me:hunter2@proxy:3128" }), /hunter2/);
    });
});
