// What the tests of attacks aim at.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { Caller } from "./caller.mjs";

// Every route, as the program itself lists them.
export function routes(method) {
    const described = execFileSync(
        path.join(process.env.SHOP_BIN, "shop-storefrontd"),
        ["--describe"],
        { encoding: "utf8" },
    );
    return JSON.parse(described)
        .serves.map((row) => row.split(" "))
        .filter(([verb]) => verb === method)
        .map(([, route]) => route);
}

// How far the services' events and audit logs are: where both stay, nothing has changed.
export async function marks(shop) {
    const all = [];
    for (const service of ["userd", "productd", "orderd"])
        for (const log of ["events", "audit"]) {
            const { last } = await shop.must(service, "GET", `/v1/${log}?limit=1`);
            assert.equal(typeof last, "number");
            all.push(`${service} ${log} ${last}`);
        }
    return all;
}

export async function things(shop) {
    const customer = await shop.customer("eve");
    const token = await shop.tokenOf(customer.username, customer.password);
    const product = await shop.product({ name: "Cup that strangers want" });
    await shop.must(
        "orderd",
        "POST",
        "/v1/cart/lines",
        { product: product.id, quantity: 1 },
        { token },
    );
    const order = await shop.must("orderd", "POST", "/v1/orders", {}, { token });
    const user = await shop.must("userd", "GET", `/v1/users/${customer.username}`);
    const fill = (route) =>
        route
            .replace("{product}", product.id)
            .replace("{order}", order.id)
            .replace("{user}", user.id)
            .replace("{role}", "warehouse")
            .replace("{key}", "key_1")
            .replace("{slug}", product.slug)
            .replace("{file}", "style.css");
    return { customer, product, order, user, fill };
}

export const admin = (shop) =>
    new Caller(shop.url).signIn({ username: shop.adminName, password: shop.adminPassword });

// A form's fields that would do something at each of the routes.
export const LURE = {
    username: "mallory",
    password: "seven quiet lanterns",
    email: "mallory@example.org",
    product: "any",
    quantity: "1",
    note: "x",
    key: "AAAAAAAAAAAAAAAAAAAAAA",
    version: "1",
    sure: "1",
    others: "1",
    role: "admin",
    role_name: "mallory",
    scope: "users:write",
    key_name: "x",
    days: "1",
    kind: "receive",
    stock_quantity: "1",
    name: "x",
    sku: "X-1",
    price: "0.01",
    reason: "x",
    action: "start",
    old_password: "x",
    token: "x",
    first_name: "x",
};
