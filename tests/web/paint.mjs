// How soon pages show something (first contentful paint), each visit with a browser that has seen nothing of the shop:
// one that runs already, as a shopper's does. Prints a row a page: median and slowest, in ms.
import { closeBrowser, firstPaint, visit } from "./browser.mjs";
import { Shop } from "./shop.mjs";

const VISITS = 9;

async function paintOf(shop, path) {
    let paint;
    await visit(shop, {}, async ({ page }) => {
        await page.goto(path);
        await page.waitForFunction(
            () => performance.getEntriesByName("first-contentful-paint").length > 0,
        );
        paint = Math.round(await firstPaint(page));
    });
    return paint;
}

async function main() {
    const shop = await Shop.start();
    try {
        shop.loadSample();
        const [{ slug }] = (await shop.must("productd", "GET", "/v1/products?limit=1")).items;
        const pages = { home: "/", list: "/products", product: `/product/${slug}`, login: "/login" };
        await paintOf(shop, "/login"); // the browser's own start
        for (const [name, path] of Object.entries(pages)) {
            const paints = [];
            for (let i = 0; i < VISITS; ++i) paints.push(await paintOf(shop, path));
            paints.sort((a, b) => a - b);
            console.log(`${name} ${paints[Math.floor(VISITS / 2)]} ${paints.at(-1)}`);
        }
    } finally {
        await closeBrowser();
        await shop.stop();
    }
}

await main();
