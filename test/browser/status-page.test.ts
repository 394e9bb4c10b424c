import * as assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import type { Status } from "../../tools/status/status";
import { StatusServer } from "../../tools/status/web/server";
import { startBrowser } from "../support/browser";
import { known, recorded, statusOf } from "../support/observations";
import { until } from "../support/until";

describe("the page of npm run status", function () {
    this.timeout(300_000);
    let browser: Browser;
    let server: StatusServer;
    let shown: Status;
    const faults: string[] = [];

    const open = async (width: number): Promise<Page> => {
        const page = await browser.newPage({ viewport: { width, height: 900 } });
        page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
        page.on("pageerror", ({ message }) => faults.push(message));
        await page.goto(server.url);
        await page.locator("[data-layer=apps]").waitFor();
        return page;
    };

    before("starts a browser, and the page of a stack that has no cluster yet", async () => {
        browser = await startBrowser();
    });

    beforeEach(async () => {
        faults.length = 0;
        shown = statusOf(recorded("healthy"));
        server = await StatusServer.start(() => Promise.resolve(shown));
    });

    afterEach(async () => {
        await server.stop();
        await Promise.all(browser.contexts().map((context) => context.close()));
    });

    after(() => browser.close());

    const states = (page: Page) =>
        page.evaluate<string[]>(`[...document.querySelectorAll("[data-layer]")].map(({ dataset }) => dataset.state)`);

    it("draws the layers before there is a cluster, and turns them green as they come up", async () => {
        const seen = recorded("healthy");
        const unknown = { unknown: "stack staging has no cluster yet" };
        shown = statusOf({ ...seen, cluster: { ...seen.cluster, server: unknown, flux: unknown } });
        const page = await open(1200);
        assert.deepEqual(new Set(await states(page)), new Set(["planned"]));
        shown = statusOf(recorded("coming-up"));
        await until(
            "layers to be ready",
            () => states(page),
            (all) => all.filter((state) => state === "ready").length === 10,
        );
        assert.equal(await page.locator("[data-layer=apps]").getAttribute("data-state"), "waiting");
        const colour = (name: string) => styleOf(page, `[data-layer=${name}] rect`, "stroke");
        assert.notEqual(await colour("apps"), await colour("canary"));
        shown = statusOf(recorded("healthy"));
        await until(
            "all layers to be ready",
            () => states(page),
            (all) => all.every((state) => state === "ready"),
        );
        await until(
            "one colour",
            async () => (await colour("apps")) === (await colour("canary")),
            (same) => same,
        );
        await page.getByText("healthy").waitFor();
        assert.deepEqual(faults, []);
    });

    it("begins with what is wrong, its cause and what to type", async () => {
        shown = statusOf(recorded("broken"));
        const page = await open(1200);
        const [problem] = shown.problems;
        const first = page.getByRole("main").getByRole("listitem").first();
        for (const text of [problem?.object, problem?.message, problem?.cause, problem?.command]) {
            await first.getByText(text ?? "").waitFor();
        }
        assert.equal(await page.title(), "1 error: staging");
    });

    it("shows every part, the commit and the events", async () => {
        const page = await open(1200);
        for (const name of [
            "Layers",
            "cloud",
            "cluster",
            "flux",
            "releases",
            "certificates",
            "backups",
            "keys",
            "drift",
            "teams",
            "Events",
        ]) {
            await page.getByRole("heading", { name, exact: true }).waitFor();
        }
        await page.getByText(known(shown.flux).source.commit.slice(0, 8), { exact: true }).waitFor();
        await page
            .getByText(known(shown.events)[0]?.message ?? "")
            .first()
            .waitFor();
    });

    it("is used by keyboard: Tab reaches each layer in its order, Enter says what it waits for", async () => {
        shown = statusOf(recorded("coming-up"));
        const page = await open(1200);
        const reached: string[] = [];
        for (const { name } of known(shown.layers)) {
            await page.keyboard.press("Tab");
            reached.push(
                await page.evaluate<string>("document.activeElement.dataset.layer ?? document.activeElement.outerHTML"),
            );
            assert.equal(reached.at(-1), name);
        }
        await page.keyboard.press("Enter");
        const details = page.getByRole("region", { name: "Layer apps" });
        await details.getByText("Waits for system-config").waitFor();
        const outline = await styleOf(page, ":focus rect", "strokeWidth");
        assert.equal(outline, "3px");
    });

    it("fits a narrow window, in which the layers go from top to bottom", async () => {
        shown = statusOf(recorded("broken"));
        const narrow = await open(400);
        assert.ok((await narrow.evaluate<number>("document.documentElement.scrollWidth")) <= 400);
        const place = async (page: Page, name: string) => (await page.locator(`[data-layer=${name}]`).boundingBox())!;
        assert.ok((await place(narrow, "apps")).y > (await place(narrow, "infra")).y);
        for (const { name } of known(shown.layers)) {
            const { x, width } = await place(narrow, name);
            assert.ok(x >= 0 && x + width <= 400, name);
        }
        const wide = await open(1200);
        assert.ok((await place(wide, "apps")).x > (await place(wide, "infra")).x);
    });

    it("says when the command is gone", async () => {
        const page = await open(1200);
        await server.stop();
        await page.getByText("npm run status does not answer any more").waitFor();
        server = await StatusServer.start(() => Promise.resolve(shown));
    });

    it("cannot be read by another site, nor shown in its frame", async () => {
        const other = http.createServer((_, response) =>
            response.writeHead(200, { "content-type": "text/html" }).end(`<iframe src="${server.url}"></iframe>`),
        );
        await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
        const page = await browser.newPage();
        await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
        const read = await page.evaluate(
            (url) =>
                fetch(url).then(
                    (response) => response.text(),
                    (error: Error) => error.message,
                ),
            server.url,
        );
        assert.equal(read, "Failed to fetch");
        const [, frame] = page.frames();
        assert.equal(await frame?.locator("[data-layer]").count(), 0);
        await page.close();
        other.close();
    });
});

describe("the server of npm run status", () => {
    let server: StatusServer;

    before(async () => {
        server = await StatusServer.start(() => Promise.resolve(statusOf(recorded("healthy"))));
    });

    after(() => server.stop());

    const ask = (path: string, headers: http.OutgoingHttpHeaders = {}, method = "GET", host = "127.0.0.1") =>
        new Promise<{ status: number; headers: http.IncomingHttpHeaders }>((resolve, reject) => {
            const port = Number(new URL(server.url).port);
            const request = http.request({ host, port, path, headers, method }, (response) => {
                response.resume();
                resolve({ status: response.statusCode ?? 0, headers: response.headers });
            });
            request.on("error", reject).end();
        });
    const home = () => new URL(server.url).pathname;

    it("answers its own address alone", async () => {
        assert.equal((await ask(home())).status, 200);
        assert.equal((await ask("/")).status, 404);
        assert.equal((await ask(`${home().slice(0, -2)}x/`)).status, 404);
        assert.equal((await ask(`${home()}events`, { host: "attacker.example" })).status, 403);
        assert.equal((await ask(home(), { origin: "https://attacker.example" })).status, 403);
        assert.equal((await ask(home(), { "sec-fetch-site": "cross-site" })).status, 403);
        assert.equal((await ask(`${home()}../server.ts`)).status, 404);
        assert.equal((await ask(home(), {}, "POST")).status, 405);
    });

    it("listens on one address of this machine, which is none of the network's", async () => {
        await assert.rejects(() => ask(home(), {}, "GET", "127.0.0.2"), /ECONNREFUSED/);
    });

    it("lets a page load nothing from elsewhere", async () => {
        const { headers } = await ask(home());
        assert.match(String(headers["content-security-policy"]), /^default-src 'none'; script-src 'self'/);
        assert.equal(headers["cross-origin-resource-policy"], "same-origin");
    });

    it("has another address each time", async () => {
        const other = await StatusServer.start(() => Promise.reject(new Error("nobody asks")));
        assert.notEqual(new URL(other.url).pathname, home());
        await other.stop();
    });
});

/** A property of an element as the browser draws it. */
function styleOf(page: Page, selector: string, property: string): Promise<string> {
    return page.evaluate<string>(`getComputedStyle(document.querySelector("${selector}")).${property}`);
}
