// A shop of which a part stands still: stopped as a hung program is, so that calls of it meet their deadlines.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Caller } from "./caller.mjs";
import { visit } from "./browser.mjs";
import { Shop, until } from "./shop.mjs";

async function whileStopped(shop, service, act) {
    shop.signal(service, "SIGSTOP");
    try {
        await act();
    } finally {
        shop.signal(service, "SIGCONT");
    }
    await until(
        `${service} again`,
        30,
        async () => (await new Caller(shop.service(service).url).get("/livez")).status === 200,
    );
}

async function page(caller, target, status = 200) {
    const answer = await caller.get(target);
    assert.equal(answer.status, status, `${target}: ${answer.status}`);
    return answer.text;
}

async function withShop(act) {
    const shop = await Shop.start();
    try {
        const product = await shop.product({ name: "Cup of an outage", category: "Kitchen" });
        const rare = await shop.product({ name: "Cup that nobody has looked at" });
        const customer = await shop.customer("ida");
        const caller = await new Caller(shop.url).signIn(customer);
        await caller.post("/cart/add", { product: product.slug, quantity: "2" });
        const token = await shop.tokenOf(customer.username, customer.password);
        await shop.must("orderd", "POST", "/v1/orders", {}, { token });
        await caller.post("/cart/add", { product: product.slug, quantity: "1" });
        await act({ shop, product, rare, customer, caller });
    } finally {
        await shop.stop();
    }
}

const ORDERING_DOWN = /Ordering is down for the moment/;

async function withoutOrders({ shop, product, caller }) {
    const guest = new Caller(shop.url);
    await whileStopped(shop, "orderd", async () => {
        for (const target of ["/", "/products", `/product/${product.slug}`, "/products?q=cup"]) {
            assert.match(await page(guest, target), /Cup of an outage/);
            const own = await page(caller, target);
            assert.match(own, /Cup of an outage/);
            assert.match(own, /class="notice" role="status"/);
            assert.match(own, ORDERING_DOWN);
        }
        const cart = await caller.get("/cart");
        assert.ok([200, 503].includes(cart.status));
        assert.match(cart.text, ORDERING_DOWN);
        assert.match(
            await page(caller, "/account"),
            /We can&apos;t show your orders|We can't show your orders|We can&#39;t show your orders/,
        );
        await visit(
            shop,
            { name: "outage-orders", width: 360, height: 800, js: false },
            async (visitor) => {
                await visitor.go(`/product/${product.slug}`);
                await visitor.shot("product");
            },
        );
    });
    // As it was, when it is back.
    await until("the cart", 30, async () =>
        /Cup of an outage/.test((await caller.get("/cart")).text),
    );
    assert.doesNotMatch(await page(caller, "/"), ORDERING_DOWN);
}

async function withoutProducts({ shop, product, rare, caller }) {
    const guest = new Caller(shop.url);
    await page(guest, "/");
    await page(guest, `/product/${product.slug}`);
    await whileStopped(shop, "productd", async () => {
        assert.match(await page(caller, "/account"), /id="orders-title"/);
        assert.match(await page(caller, "/account/orders/1"), /Cup of an outage/);
        for (const target of ["/", `/product/${product.slug}`])
            assert.match(await page(guest, target), /Cup of an outage/);
        const unknown = await guest.get(`/product/${rare.slug}`);
        assert.equal(unknown.status, 503);
        assert.match(unknown.text, /<h1/);
        assert.match(unknown.headers["retry-after"] ?? "", /^\d+$/);
        const changed = await caller.post("/account", { csrf: await caller.csrf(), email: "x" });
        assert.notEqual(changed.status, 500);
    });
    await until(
        "the product",
        30,
        async () => (await guest.get(`/product/${rare.slug}`)).status === 200,
    );
}

async function withoutAccounts({ shop, product, customer, caller }) {
    const guest = new Caller(shop.url);
    await whileStopped(shop, "userd", async () => {
        for (const who of [guest, caller])
            for (const target of ["/", "/products?category=Kitchen", `/product/${product.slug}`])
                assert.match(await page(who, target), /Cup of an outage/);
        const refused = await guest.post("/login", customer);
        assert.equal(refused.status, 503);
        assert.match(refused.text, /Accounts can/);
        assert.match(refused.text, /name="username" value="ida1"/);
        // Who is signed in goes on buying: their token is good until it ends.
        const { status, headers } = await caller.post("/cart/add", {
            csrf: await csrfOf(caller),
            product: product.slug,
            quantity: "1",
        });
        assert.equal(status, 303);
        assert.match(headers.location, /^\/cart\?said=/);
    });
    await until("the sign-in", 30, async () => {
        const again = new Caller(shop.url);
        return (await again.post("/login", customer)).status === 303;
    });
}

// /login of somebody signed in leads away, and /account needs userd: the cart does not.
async function csrfOf(caller) {
    return (await caller.get("/cart")).text.match(/name="csrf" value="([^"]*)"/)[1];
}

// Of the shop that all tests have, and so not beside others.
export function restartTests(here) {
    test("outage: a changed price, name and stock show within two seconds", async () => {
        const { shop } = here;
        const product = await shop.product({ name: "Cup that gets dearer", category: "Dearer" });
        const guest = new Caller(shop.url);
        const targets = [`/product/${product.slug}`, "/products?category=Dearer", "/"];
        // A page that was kept before shows the new product as it shows any change.
        for (const target of targets)
            await until(`the new product on ${target}`, 2, async () =>
                (await guest.get(target)).text.includes("£2.50"),
            );
        const { headers } = await shop.api("productd", "GET", `/v1/products/${product.id}`);
        await shop.must(
            "productd",
            "PATCH",
            `/v1/products/${product.id}`,
            { name: "Cup of gold", price: { amount: 98765, currency: "GBP" } },
            { headers: { "if-match": headers.etag } },
        );
        for (const target of targets)
            await until(`the new price on ${target}`, 2, async () => {
                const { text } = await guest.get(target);
                return (
                    text.includes("£987.65") &&
                    text.includes("Cup of gold") &&
                    !text.includes("gets dearer")
                );
            });
        await shop.must("productd", "POST", `/v1/products/${product.id}/stock/movements`, {
            kind: "count",
            quantity: 0,
        });
        await until("sold out", 2, async () =>
            (await guest.get(targets[0])).text.includes("Sold out"),
        );
    });

    test(
        "outage: sessions outlive a storefrontd that was killed",
        { timeout: 240000 },
        async () => {
            const { shop } = here;
            const caller = await new Caller(shop.url).signIn(await shop.customer("lena"));
            const csrf = await caller.csrf();
            const { pid } = shop.service("storefrontd");
            shop.signal("storefrontd", "SIGKILL");
            await until("another storefrontd", 30, async () => {
                if (shop.service("storefrontd").pid === pid) return false;
                return (
                    (await new Caller(shop.url).get("/readyz").catch(() => ({ status: 0 })))
                        .status === 200
                );
            });
            assert.equal((await caller.get("/account")).status, 200);
            // A form that was open meanwhile is still good.
            const { status } = await caller.post("/account/sessions/end", { csrf, others: "1" });
            assert.equal(status, 303);
        },
    );
}

export default function outageTests() {
    test(
        "outage: without orderd, productd or userd what is left of the shop goes on",
        { timeout: 240000 },
        () =>
            withShop(async (made) => {
                await withoutOrders(made);
                await withoutProducts(made);
                await withoutAccounts(made);
            }),
    );
}
