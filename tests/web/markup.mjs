// Markup of strangers, in every field that is kept and in every address; and the policy that would stop what gets through.
import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./browser.mjs";
import { Caller } from "./caller.mjs";
import { LURE, admin, routes, things } from "./targets.mjs";

// Where each opens what it needs to run. The last ones look like the templates' own.
const PAYLOADS = [
    "<script>window.__xss=1</script>",
    '"><img src=/favicon.ico?x onload=window.__xss=1>',
    "'><svg onload=window.__xss=1>",
    "</title></textarea></select></option><svg onload='window.__xss=1'>",
    '" autofocus onfocus=window.__xss=1 x="',
    "' onmouseover='window.__xss=1",
    "javascript:window.__xss=1//",
    "&lt;img src=x onerror=window.__xss=1&gt;",
    "<iframe srcdoc='<script>parent.__xss=1</script>'></iframe>",
    "<a href=javascript:window.__xss=1>x</a><base href=//evil.example>",
    "{{csrf}}{{{content}}}{{> layout}}{{#text}}",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
];

// In every field that keeps what was typed. As long as each field may be.
async function plant(shop) {
    const all = PAYLOADS.join(" ");
    const products = [];
    for (const payload of PAYLOADS)
        products.push(
            await shop.product({
                name: payload,
                category: payload.slice(0, 100),
                description: all,
                slug: `xss-${products.length}`,
            }),
        );
    const customer = await shop.customer("xss");
    const token = await shop.tokenOf(customer.username, customer.password);
    const me = await shop.api("userd", "GET", "/v1/users/me", undefined, { token });
    await shop.must(
        "userd",
        "PATCH",
        "/v1/users/me",
        { first_name: PAYLOADS[0], last_name: PAYLOADS[1] },
        { token, headers: { "if-match": me.headers.etag } },
    );
    const orders = [];
    for (const reason of PAYLOADS.slice(0, 3)) {
        for (const { id } of products.slice(0, 6))
            await shop.must(
                "orderd",
                "POST",
                "/v1/cart/lines",
                { product: id, quantity: 1 },
                { token },
            );
        const order = await shop.must(
            "orderd",
            "POST",
            "/v1/orders",
            { note: all.slice(0, 500) },
            { token },
        );
        await shop.must("orderd", "POST", `/v1/orders/${order.id}/cancel`, { reason });
        orders.push(order);
    }
    for (const { id } of products)
        await shop.must(
            "orderd",
            "POST",
            "/v1/cart/lines",
            { product: id, quantity: 1 },
            { token },
        );
    await shop.must("productd", "POST", `/v1/products/${products[0].id}/stock/movements`, {
        kind: "receive",
        quantity: 1,
        reason: PAYLOADS[1],
    });
    await shop.must("userd", "PUT", "/v1/roles/xss", {
        description: all.slice(0, 200),
        scopes: ["users:read"],
    });
    return { products, customer, orders, user: me.json };
}

const pagesOfShop = ({ products, orders }) => [
    "/",
    "/products?sort=-number",
    `/product/${products[0].slug}`,
    "/cart",
    "/checkout",
    "/account",
    ...orders.map(({ number }) => `/account/orders/${number}`),
    `/order/thank-you?order=${orders[0].number}`,
];

const pagesOfOffice = ({ products, orders, user }) => [
    "/admin",
    "/admin/products?sort=-number",
    `/admin/products/${products[0].id}`,
    `/admin/products/${products[3].id}`,
    "/admin/stock?threshold=1000000",
    "/admin/orders",
    ...orders.map(({ id }) => `/admin/orders/${id}`),
    "/admin/customers",
    `/admin/customers/${user.id}`,
    "/admin/roles",
    "/admin/roles?role=xss",
    "/admin/audit?service=productd",
    "/admin/audit?service=userd",
    "/admin/audit?service=orderd",
];

// In what an address says, at every page that reads it: of guests, and of who is signed in.
const FOR_GUESTS = [
    "/products?q=",
    "/products?category=",
    "/products?price_min=",
    "/products?cursor=",
    "/?said=",
    "/?q=",
    "/cart?not_added=",
    "/login?next=",
    "/login?add=",
    "/login?add=x&quantity=",
    "/register?next=",
    "/register?add=",
    "/register?add=x&quantity=",
    "/verify-email?token=",
    "/password-reset/complete?token=",
    "/product/",
    "/art/",
    "/assets/",
    "/%22%3E/",
];
const FOR_STAFF = [
    "/order/thank-you?order=",
    "/account?cursor=",
    "/account/orders/",
    "/admin?days=",
    "/admin/products?q=",
    "/admin/products?category=",
    "/admin/products/",
    "/admin/orders?q=",
    "/admin/orders?state=",
    "/admin/orders?since=",
    "/admin/customers?q=",
    "/admin/customers?role=",
    "/admin/stock?threshold=",
    "/admin/roles?role=",
    "/admin/audit?service=",
    "/admin/audit?actor=",
    "/admin/audit?action=",
    "/admin/audit?subject=",
    "/admin/keys?cursor=",
];
// Short, without a space and like a path, so that it passes where those are looked at.
const ADDRESSED = `/'"></title></textarea></select><svg/onload=window.__xss=1>`;

// Elements and attributes that nothing of ours has.
const intruders = () =>
    [...document.querySelectorAll("*")].flatMap((element) => [
        ...(element.matches("iframe, base, object, embed, meta[http-equiv], script:not([src])")
            ? [element.outerHTML]
            : []),
        ...[...element.attributes]
            .filter(
                ({ name, value }) =>
                    /^on/.test(name) ||
                    (/^(href|src|action|formaction)$/.test(name) &&
                        /^\s*(javascript|vbscript):/i.test(value)) ||
                    (/^(href|src|action)$/.test(name) && /^(\/\/|https?:)/.test(value)),
            )
            .map(({ name, value }) => `${element.tagName} ${name}=${value}`),
    ]);

async function isInert(page, wrong) {
    const found = await page.evaluate(intruders);
    if (await page.evaluate(() => window.__xss)) found.push("a script ran");
    wrong.push(...found.map((what) => `${page.url()}: ${what.slice(0, 200)}`));
}

async function visitAll(visitor, starts, wrong) {
    for (const start of starts) {
        const target = start + encodeURIComponent(ADDRESSED);
        await visitor.page.goto(target, { waitUntil: "domcontentloaded" });
        await isInert(visitor.page, wrong);
    }
}

export default function markupTests(here) {
    // The browser is told to ignore our Content-Security-Policy: what is tried here is the escaping alone.
    const withoutPolicy = async (shop, act) =>
        visit(shop, { bypassPolicy: true }, async (visitor) => {
            visitor.expectAny();
            // Drawings say nothing about escaping, and take time.
            const session = await visitor.context.newCDPSession(visitor.page);
            await session.send("Network.enable");
            await session.send("Network.setBlockedURLs", { urls: ["*/art/*-*"] });
            await act(visitor);
        });

    test(
        "attacks: markup in what products, people and orders say stays text on every page",
        { timeout: 240000 },
        async () => {
            const { shop } = here;
            const planted = await plant(shop);
            const wrong = [];
            for (const [person, pages] of [
                [planted.customer, pagesOfShop(planted)],
                [
                    { username: shop.adminName, password: shop.adminPassword },
                    pagesOfOffice(planted),
                ],
            ])
                await withoutPolicy(shop, async (visitor) => {
                    await visitor.signIn(person);
                    for (const target of pages) {
                        const answer = await visitor.page.goto(target, {
                            waitUntil: "domcontentloaded",
                        });
                        assert.equal(answer.status(), 200, target);
                        await isInert(visitor.page, wrong);
                    }
                });
            // What was typed is there, as it was typed.
            await withoutPolicy(shop, async (visitor) => {
                for (const [i, payload] of PAYLOADS.entries()) {
                    await visitor.page.goto(`/product/xss-${i}`, { waitUntil: "domcontentloaded" });
                    assert.equal(
                        await visitor.page.getByRole("heading", { level: 1 }).textContent(),
                        payload,
                    );
                    assert.ok(
                        (await visitor.page.title()).startsWith(payload),
                        `title with ${payload}`,
                    );
                    await isInert(visitor.page, wrong);
                }
            });
            assert.deepEqual(wrong, []);
        },
    );

    test(
        "attacks: markup in an address or a form that comes back stays text",
        { timeout: 240000 },
        async () => {
            const { shop } = here;
            const wrong = [];
            await withoutPolicy(shop, (visitor) => visitAll(visitor, FOR_GUESTS, wrong));
            await withoutPolicy(shop, async (visitor) => {
                await visitor.signIn({ username: shop.adminName, password: shop.adminPassword });
                await visitAll(visitor, FOR_STAFF, wrong);
            });
            assert.deepEqual(wrong, []);
            // As a browser would show what a form brings back.
            const caller = new Caller(shop.url);
            const all = PAYLOADS.join(" ");
            const fields = Object.fromEntries(Object.keys(LURE).map((name) => [name, all]));
            const staff = await admin(shop);
            for (const [who, target] of [
                [caller, "/login"],
                [caller, "/register"],
                [caller, "/password-reset"],
                [caller, "/password-reset/complete"],
                [caller, "/verify-email"],
                [staff, "/account"],
                [staff, "/account/password"],
                [staff, "/checkout"],
                [staff, "/admin/products/new"],
                [staff, "/admin/roles"],
                [staff, "/admin/keys"],
                [staff, "/cart/set"],
            ]) {
                const answer = await who.post(target, { ...fields, csrf: await who.csrf() });
                for (const raw of [
                    "<svg onload",
                    "<script>window",
                    "<img src=/fav",
                    "<iframe srcdoc",
                    "<a href=java",
                    "<meta http-equiv=refresh",
                ])
                    assert.ok(
                        !answer.text.includes(raw),
                        `${target} (${answer.status}) has ${raw}`,
                    );
            }
        },
    );

    test("attacks: the policy allows no inline script, no frame and no other host, on every kind of answer", async () => {
        const { shop } = here;
        const { fill, product } = await things(shop);
        const staff = await admin(shop);
        const answers = [];
        const keep = async (name, answer) => answers.push([name, await answer]);
        for (const route of routes("GET").filter(
            (one) => !/^\/(livez|readyz|metrics|version)/.test(one),
        ))
            await keep(`GET ${route}`, staff.get(fill(route)));
        await keep("not found", staff.get("/nothing/here"));
        await keep("wrong method", staff.send("PUT", "/cart"));
        await keep("no such page", new Caller(shop.url).get("/account"));
        await keep("a refused form", staff.post("/account", { csrf: "" }));
        await keep("a form that is none", staff.raw("/account", "{}", "application/json"));
        await keep(
            "a form that is too large",
            staff.raw("/account", "x".repeat(70000), "application/x-www-form-urlencoded"),
        );
        await keep("a drawing", staff.get(`/art/${product.slug}`));
        const wrong = [];
        for (const [name, { status, headers }] of answers) {
            const policy = headers["content-security-policy"] ?? "";
            const isPage = /text\/html/.test(headers["content-type"] ?? "text/html");
            const say = (words) => wrong.push(`${name} (${status}): ${words}`);
            if (!policy.includes("default-src 'none'")) say(`the policy "${policy}"`);
            if (/unsafe-eval|script-src[^;]*unsafe|\*|https?:/.test(policy))
                say("a policy that allows too much");
            if (headers["x-content-type-options"] !== "nosniff") say("no nosniff");
            if (
                !isPage &&
                !/\bsandbox\b/.test(policy) &&
                !/text\/plain/.test(headers["content-type"])
            )
                say("a file without sandbox");
            if (!isPage) continue;
            if (/unsafe-inline/.test(policy)) say("unsafe-inline");
            if (!/frame-ancestors 'none'/.test(policy) || headers["x-frame-options"] !== "DENY")
                say("may be framed");
            if (!/form-action 'self'/.test(policy) || !/base-uri 'none'/.test(policy))
                say(`the policy "${policy}"`);
        }
        assert.deepEqual(wrong, []);
    });

    test("attacks: a browser shows the shop in no frame, and runs nothing that stands in a page", async () => {
        const { shop } = here;
        await visit(shop, {}, async (visitor) => {
            visitor.expectAny();
            const { page } = visitor;
            await page.route("**/frame-test", (route) =>
                route.fulfill({
                    contentType: "text/html",
                    body: `<!doctype html><title>x</title><iframe src="${shop.url}/login"></iframe>`,
                }),
            );
            await page.goto("/frame-test");
            const frame = page.frames()[1];
            await frame.waitForLoadState().catch(() => {});
            assert.equal(
                await frame
                    .locator("form")
                    .count()
                    .catch(() => 0),
                0,
                "the sign-in is in a frame",
            );

            await visitor.go("/");
            await page.evaluate(() => {
                const script = document.createElement("script");
                script.textContent = "window.__xss = 1";
                document.body.append(script);
            });
            assert.equal(await page.evaluate(() => window.__xss), undefined);
        });
    });
}
