// The pictures of the README, in docs/screenshots: a shop with the sample catalogue, some customers and a morning's orders.
import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { closeBrowser, visit } from "./browser.mjs";
import { Shop } from "./shop.mjs";

const FOLDER = path.join(process.env.SHOP_SOURCE, "docs/screenshots");
const BYTES_MAX = 150 * 1024;

const PEOPLE = [
    "Ada Lovelace",
    "Grace Hopper",
    "Mary Somerville",
    "Joan Clarke",
    "Katherine Johnson",
];

async function person(shop, name) {
    const [first_name, last_name] = name.split(" ");
    const username = first_name.toLowerCase();
    const password = `seven quiet lanterns of ${username}`;
    await shop.must(
        "userd",
        "POST",
        "/v1/users",
        { username, password, email: `${username}@shop.example`, first_name, last_name },
        { token: "" },
    );
    return { username, password, token: await shop.tokenOf(username, password) };
}

async function search(shop, words, limit = 1) {
    return (
        await shop.must(
            "productd",
            "GET",
            `/v1/products?in_stock=true&limit=${limit}&q=${encodeURIComponent(words)}`,
        )
    ).items;
}

async function fill(shop, { token }, words, quantity) {
    for (const { id } of await search(shop, words))
        await shop.must("orderd", "POST", "/v1/cart/lines", { product: id, quantity }, { token });
}

async function order(shop, buyer, note) {
    return shop.must("orderd", "POST", "/v1/orders", { note }, { token: buyer.token });
}

async function morning(shop) {
    const people = [];
    for (const name of PEOPLE) people.push(await person(shop, name));
    const wishes = [
        ["lantern", 2],
        ["tea", 3],
        ["bunting", 4],
        ["heart", 6],
        ["bag", 5],
        ["cup", 2],
        ["cake", 3],
        ["candle", 8],
    ];
    const orders = [];
    for (let i = 0; i < 12; ++i) {
        const buyer = people[i % people.length];
        for (const [words, quantity] of [
            wishes[i % wishes.length],
            wishes[(i * 3 + 1) % wishes.length],
        ])
            await fill(shop, buyer, words, quantity);
        orders.push(await order(shop, buyer, ""));
    }
    for (const { id } of orders.slice(0, 7))
        await shop.must("orderd", "POST", `/v1/orders/${id}/fulfil`);
    await shop.must("orderd", "POST", `/v1/orders/${orders[7].id}/cancel`, {
        reason: "Ordered twice",
    });
    for (const [words, quantity] of [
        ["lantern", 1],
        ["tea", 2],
        ["bunting", 3],
    ])
        await fill(shop, people[0], words, quantity);
    return people;
}

async function take(visitor, name, target) {
    await visitor.go(target);
    // A picture of the page, not of how it comes.
    await visitor.page.waitForFunction(() =>
        [...document.images].every((image) => image.loading === "lazy" || image.complete),
    );
    await visitor.page.mouse.move(0, 0);
    await visitor.page.waitForTimeout(300);
    const file = path.join(FOLDER, `${name}.jpg`);
    await visitor.page.screenshot({ path: file, type: "jpeg", quality: 80 });
    const { size } = statSync(file);
    console.log(`docs/screenshots/${name}.jpg  ${(size / 1024).toFixed(0)} KB`);
    if (size > BYTES_MAX)
        throw new Error(`${name}.jpg has ${size} bytes; ${BYTES_MAX} is the limit`);
}

async function main() {
    mkdirSync(FOLDER, { recursive: true });
    const shop = await Shop.start();
    try {
        shop.loadSample();
        const [ada] = await morning(shop);
        const [lantern] = await search(shop, "lantern");
        await visit(shop, {}, async (visitor) => {
            await take(visitor, "home", "/");
            await visitor.signIn(ada);
            await take(visitor, "product", `/product/${lantern.slug}`);
            await take(visitor, "cart", "/cart");
            await take(visitor, "checkout", "/checkout");
            await take(visitor, "account", "/account");
        });
        await visit(shop, {}, async (visitor) => {
            await visitor.signIn({ username: shop.adminName, password: shop.adminPassword });
            await take(visitor, "dashboard", "/admin?days=7");
            await take(visitor, "editor", `/admin/products/${lantern.id}`);
        });
        await visit(shop, { scheme: "dark" }, (visitor) =>
            take(visitor, "dark", "/products?category=Kitchen%20%26%20Dining"),
        );
    } finally {
        await closeBrowser();
        await shop.stop();
    }
}

await main();
