// One Chromium for all tests (without its windows, whose own first page takes turns with ours), a context of its own for
// each visitor. Whatever goes wrong in a visitor's browser is kept, and done() fails with it: messages in the console,
// exceptions, requests that fail or go elsewhere, answers of 400 and more.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const LONG = Boolean(process.env.SHOP_WEB_LONG);

let browser;

export async function theBrowser() {
    browser ??= await chromium.launch({
        executablePath: "/usr/bin/chromium-headless-shell",
        args: [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // Nothing but this machine is there, whatever a page asks for.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ],
    });
    return browser;
}

export async function closeBrowser() {
    await browser?.close();
    browser = undefined;
}

// First contentful paint of the page that is there, in ms since its address was asked for; undefined before it.
export const firstPaint = (page) =>
    page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);

export class Visitor {
    // options: name (of its screenshots), js, width, height, scheme ("light", "dark"),
    // bypassPolicy (Content-Security-Policy is not obeyed)
    static async come(shop, options = {}) {
        const visitor = new Visitor();
        visitor.options = { js: true, width: 1280, height: 900, scheme: "light", ...options };
        const { js, width, height, scheme } = visitor.options;
        visitor.shop = shop;
        visitor.context = await (
            await theBrowser()
        ).newContext({
            baseURL: shop.url,
            javaScriptEnabled: js,
            viewport: { width, height },
            colorScheme: scheme,
            reducedMotion: "reduce", // what moves is not clicked on
            locale: "en-GB",
            bypassCSP: Boolean(options.bypassPolicy),
        });
        visitor.context.setDefaultTimeout(15000);
        visitor.watch();
        visitor.page = await visitor.context.newPage();
        return visitor;
    }

    problems = [];
    expected = []; // { status, path }: answers that the test provokes
    shots = 0;

    watch() {
        const { context, problems } = this;
        const isExpected = (url, status) =>
            this.expected.some(
                (one) => one.path.test(new URL(url).pathname) && (!status || one.status === status),
            );
        context.on("console", (message) => {
            if (!["error", "warning"].includes(message.type())) return;
            // The browser reports an answer of 404 in its console, too.
            const { url } = message.location();
            if (/^Failed to load resource/.test(message.text()) && url && isExpected(url)) return;
            problems.push(`console: ${message.type()}: ${message.text()} (${url})`);
        });
        context.on("weberror", (error) => problems.push(`exception: ${error.error().stack}`));
        context.on("request", (request) => {
            const url = new URL(request.url());
            if (url.host !== this.shop.host && url.protocol !== "data:")
                problems.push(`a request to another host: ${request.url()}`);
        });
        context.on("requestfailed", (request) => {
            // Pictures and the icon, under way when the page is left.
            const isLeft =
                request.failure()?.errorText === "net::ERR_ABORTED" &&
                (request.resourceType() === "image" || request.url().endsWith("/icon.svg"));
            if (!isLeft) problems.push(`failed: ${request.url()}: ${request.failure()?.errorText}`);
        });
        context.on("response", (response) => {
            if (response.status() >= 400 && !isExpected(response.url(), response.status()))
                problems.push(
                    `answered ${response.status()}: ${response.request().method()} ${response.url()}`,
                );
        });
        context.on("dialog", (dialog) => {
            problems.push(`a dialog: ${dialog.type()}: ${dialog.message()}`);
            dialog.dismiss();
        });
    }

    expect(status, path) {
        this.expected.push({ status, path });
    }

    // For tests that provoke too much to list it; a dialog is a problem all the same.
    expectAny() {
        this.isForgiving = true;
    }

    async signIn({ username, password }) {
        await this.go("/login");
        await this.page.getByLabel("Name or email address").fill(username);
        await this.page.getByLabel("Password").fill(password);
        await this.press("Sign in", /^\/\?said=/, this.page.getByRole("main"));
    }

    async go(path) {
        return this.page.goto(path, { waitUntil: "load" });
    }

    // Whatever leads to another page; true when that is there.
    async leads(action, path) {
        const { page } = this;
        const arrived = page.waitForURL((url) => path.test(url.pathname + url.search), {
            waitUntil: "load",
        });
        await Promise.all([arrived, action()]);
    }

    async press(name, path, within = this.page) {
        await this.leads(() => within.getByRole("button", { name }).first().click(), path);
    }

    async follow(name, path, within = this.page) {
        await this.leads(() => within.getByRole("link", { name }).first().click(), path);
    }

    // Where the script asks first, it is told yes.
    async pressSure(name, path, within = this.page) {
        await this.leads(async () => {
            await within.getByRole("button", { name }).first().click();
            if (this.options.js)
                await this.page.getByRole("dialog").getByRole("button", { name: "Yes" }).click();
        }, path);
    }

    async sees(text) {
        await this.page.getByText(text).first().waitFor();
    }

    async heading(text) {
        await this.page.getByRole("heading", { level: 1, name: text }).waitFor();
    }

    async shot(name) {
        await this.fits();
        if (!this.options.name) return;
        const { page, options } = this;
        mkdirSync("screenshots", { recursive: true });
        const number = String(++this.shots).padStart(2, "0");
        const path = `screenshots/${options.name}-${number}-${name}`;
        await page.screenshot({
            ...(LONG
                ? { path: `${path}.png` }
                : { path: `${path}.jpg`, type: "jpeg", quality: 70 }),
            fullPage: true,
        });
    }

    // Nothing has to be scrolled sideways.
    async fits() {
        const { width, widest } = await this.page.evaluate(() => ({
            width: document.documentElement.clientWidth,
            widest: document.documentElement.scrollWidth,
        }));
        if (widest > width)
            this.problems.push(`${this.page.url()} is ${widest} px wide in a window of ${width}`);
    }

    async done() {
        await this.context.close();
        const problems = this.problems.filter(
            (one) => !this.isForgiving || one.startsWith("a dialog"),
        );
        assert.deepEqual([...new Set(problems)], []);
    }
}

// A visitor for the time of `act`, whose problems fail the test; those of `act` come first.
export async function visit(shop, options, act) {
    const visitor = await Visitor.come(shop, options);
    try {
        await act(visitor);
    } catch (error) {
        if (visitor.page && !visitor.page.isClosed()) {
            error.message += `\nat ${visitor.page.url()}`;
            mkdirSync("screenshots", { recursive: true });
            await visitor.page
                .screenshot({ path: `screenshots/failed-${options.name ?? "test"}.png` })
                .catch(() => {});
        }
        const before = [...new Set(visitor.problems)].join("\n");
        if (before) error.message += `\nbefore it: ${before}`;
        await visitor.context.close();
        throw error;
    }
    await visitor.done();
}
