// Every test of this folder, with one shop and one browser.
import { after, before, describe } from "node:test";
import attackTests from "./attacks.mjs";
import { closeBrowser, theBrowser } from "./browser.mjs";
import markupTests from "./markup.mjs";
import outageTests, { restartTests } from "./outage.mjs";
import pageTests from "./pages.mjs";
import { Shop } from "./shop.mjs";
import tourTests from "./tour.mjs";

const here = {};

before(
    async () => {
        const [shop] = await Promise.all([Shop.start(), theBrowser()]);
        here.shop = shop;
        shop.loadSample();
    },
    { timeout: 90000 },
);

after(
    async () => {
        await closeBrowser();
        await here.shop?.stop();
    },
    { timeout: 60000 },
);

// Two at a time: they wait for the browser, and for deadlines.
describe("side by side", { concurrency: 2 }, () => {
    outageTests();
    tourTests(here);
    pageTests(here);
});
// These look at whether anything of the shop has changed, or take it away for a moment.
describe("one by one", { concurrency: 1 }, () => {
    attackTests(here);
    markupTests(here);
    restartTests(here);
});
