// What strangers send: forms from elsewhere, sessions and orders of others, pictures that are none, addresses that lead
// away. Byte for byte, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Caller, form } from "./caller.mjs";
import { picturePng } from "./picture.mjs";
import { LURE, admin, marks, routes, things } from "./targets.mjs";

function forgeryTests(here) {
    test("attacks: a form from elsewhere is refused at every route, and nothing has changed", async () => {
        const { shop } = here;
        const { fill, customer } = await things(shop);
        const victim = await admin(shop);
        const stranger = await new Caller(shop.url).signIn(customer);
        const own = await victim.csrf();
        const tricks = {
            "no token": [{ csrf: "" }, {}],
            "another browser's token": [{ csrf: await stranger.csrf() }, {}],
            "a guest's token": [{ csrf: await new Caller(shop.url).csrf() }, {}],
            "half a token": [{ csrf: own.slice(0, own.length / 2) }, {}],
            "a foreign origin": [{ csrf: own }, { origin: "https://evil.example" }],
            "an origin that begins like ours": [
                { csrf: own },
                { origin: `${shop.url}.evil.example` },
            ],
            "another port": [{ csrf: own }, { origin: "http://127.0.0.1:1" }],
            "the origin null": [{ csrf: own }, { origin: "null" }],
            "no origin and no referrer": [{ csrf: own }, { origin: undefined }],
            "a foreign referrer": [
                { csrf: own },
                { origin: undefined, referer: `https://evil.example/${shop.host}/` },
            ],
        };
        const before = await marks(shop);
        const wrong = [];
        for (const route of routes("POST"))
            for (const [trick, [fields, headers]] of Object.entries(tricks)) {
                const { status } = await victim.post(fill(route), { ...LURE, ...fields }, headers);
                if (status !== 403) wrong.push(`${route} with ${trick}: ${status}`);
            }
        assert.deepEqual(wrong, []);
        assert.deepEqual(await marks(shop), before);
        // What is ours is not refused, or the above would prove nothing.
        for (const headers of [{}, { origin: undefined, referer: `${shop.url}/account` }]) {
            const { status } = await victim.post(
                "/account/sessions/end",
                { session: "none" },
                headers,
            );
            assert.notEqual(status, 403);
        }
        assert.equal((await victim.get("/account")).status, 200);
    });

    test("attacks: nothing is changed by GET", async () => {
        const { shop } = here;
        const { fill } = await things(shop);
        const victim = await admin(shop);
        const token = await victim.csrf();
        const readable = new Set(routes("GET"));
        const before = await marks(shop);
        for (const route of routes("POST")) {
            const answer = await victim.get(`${fill(route)}?${form({ ...LURE, csrf: token })}`, {
                origin: shop.url,
            });
            if (readable.has(route)) assert.ok(answer.status < 500, `${route}: ${answer.status}`);
            else assert.equal(answer.status, 405, route);
            if (!readable.has(route)) assert.match(answer.headers.allow, /POST/);
        }
        assert.deepEqual(await marks(shop), before);
        assert.equal((await victim.get("/account")).status, 200, "still signed in");
    });
}

function sessionTests(here) {
    test("attacks: the cookie is for this host alone, unreadable to scripts, and secure behind TLS", async () => {
        const { shop } = here;
        const cookiesOf = (answer) => answer.headers["set-cookie"] ?? [];
        const plain = cookiesOf(await new Caller(shop.url).get("/"));
        assert.equal(plain.length, 1);
        assert.match(plain[0], /^shop=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
        const overTls = { "x-forwarded-proto": "https" };
        const secure = cookiesOf(await new Caller(shop.url, overTls).get("/"));
        assert.equal(secure.length, 1);
        assert.match(secure[0], /^__Host-shop=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);

        const customer = await shop.customer("olga");
        const caller = new Caller(shop.url, overTls);
        const csrf = await caller.csrf();
        const [cookie] = cookiesOf(await caller.post("/login", { csrf, ...customer }));
        assert.match(
            cookie,
            /^__Host-shop=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=\d+$/,
        );
        assert.equal((await caller.get("/account")).status, 200);
        // The plain one's name is nothing behind TLS, or another host of the domain could set it.
        const value = caller.cookies.get("__Host-shop");
        const tossed = await new Caller(shop.url, overTls).get("/account", {
            cookie: `shop=${value}`,
        });
        assert.equal(tossed.status, 303);
    });

    test("attacks: a session that was planted is not the one of whoever signs in; one that ended is of no use", async () => {
        const { shop } = here;
        const caller = new Caller(shop.url);
        await caller.get("/");
        const planted = caller.cookies.get("shop");
        await caller.signIn(await shop.customer("nora"));
        const signedIn = caller.cookies.get("shop");
        assert.notEqual(signedIn, planted);
        const accountWith = (cookie) =>
            new Caller(shop.url).get("/account", { cookie: `shop=${cookie}` });
        assert.equal((await accountWith(signedIn)).status, 200);
        assert.equal((await accountWith(planted)).status, 303);

        const answer = await caller.post("/logout");
        assert.equal(answer.status, 303);
        assert.match(answer.headers["set-cookie"][0], /Max-Age=0/);
        assert.equal((await accountWith(signedIn)).status, 303);
    });

    test("attacks: guests and customers get nowhere in the back office, nor at others' orders", async () => {
        const { shop } = here;
        const { fill, order } = await things(shop);
        const guest = new Caller(shop.url);
        const customer = await new Caller(shop.url).signIn(await shop.customer("paul"));
        const before = await marks(shop);
        const wrong = [];
        const expectStatus = (who, route, answer, status) => {
            if (answer.status !== status) wrong.push(`${route} for a ${who}: ${answer.status}`);
        };
        for (const route of routes("GET").filter((one) => one.startsWith("/admin"))) {
            const toGuest = await guest.get(fill(route));
            expectStatus("guest", route, toGuest, 303);
            assert.match(toGuest.headers.location, /^\/login\?next=%2Fadmin/);
            // One's own API keys are no secret of the shop.
            if (route !== "/admin/keys")
                expectStatus("customer", route, await customer.get(fill(route)), 403);
        }
        for (const route of routes("POST").filter(
            (one) => one.startsWith("/admin") && !one.startsWith("/admin/keys"),
        ))
            expectStatus("customer", route, await customer.post(fill(route), LURE), 403);
        for (const target of [
            `/account/orders/${order.number}`,
            `/account/orders/${order.id}`,
            `/order/thank-you?order=${order.number}`,
        ])
            expectStatus("customer", target, await customer.get(target), 404);
        const cancelled = await customer.post(`/account/orders/${order.number}/cancel`, {
            reason: "x",
        });
        expectStatus("customer", "another's order", cancelled, 404);
        assert.deepEqual(wrong, []);
        const changed = (await marks(shop)).filter(
            (mark) => !before.includes(mark) && !/audit/.test(mark),
        );
        assert.deepEqual(changed, []); // refusals of somebody known are in the audit log
    });
}

function uploadTests(here) {
    test("attacks: a picture that is none is refused, whatever it is called", async () => {
        const { shop } = here;
        const staff = await admin(shop);
        const { product } = await things(shop);
        const html = Buffer.from("<!doctype html><script>window.__xss=1</script>");
        const svg = Buffer.from(
            "<svg xmlns='http://www.w3.org/2000/svg' onload='window.__xss=1'><script>window.__xss=1</script></svg>",
        );
        const huge = picturePng(8);
        huge.writeUInt32BE(60000, 16);
        huge.writeUInt32BE(60000, 20);
        const wrong = [];
        for (const [filename, type, bytes] of [
            ["page.png", "image/png", html],
            ["page.html", "text/html", html],
            ["drawing.svg", "image/svg+xml", svg],
            ["drawing.png", "image/png", svg],
            ["half.png", "image/png", picturePng().subarray(0, 60)],
            ["begins.png", "image/png", Buffer.concat([picturePng().subarray(0, 8), html])],
            [
                "begins.jpg",
                "image/jpeg",
                Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), html]),
            ],
            ["huge.png", "image/png", huge],
            ["empty.png", "image/png", Buffer.alloc(0)],
        ]) {
            const answer = await staff.upload(
                `/admin/products/${product.id}/picture`,
                {},
                { picture: { filename, type, bytes } },
            );
            if (answer.status < 400 || answer.status >= 500)
                wrong.push(`${filename}: ${answer.status}`);
            else if (!/id="picture-error"|role="alert"/.test(answer.text))
                wrong.push(`${filename}: does not say why`);
        }
        // The connection may end before all of it was sent.
        const large = await staff
            .upload(
                `/admin/products/${product.id}/picture`,
                {},
                {
                    picture: {
                        filename: "large.png",
                        type: "image/png",
                        bytes: Buffer.alloc(8 * 1024 * 1024 + 1),
                    },
                },
            )
            .catch((error) => ({
                status: ["EPIPE", "ECONNRESET"].includes(error.code) ? 413 : error,
            }));
        if (large.status !== 413) wrong.push(`too large: ${large.status}`);
        assert.deepEqual(wrong, []);
        const now = await shop.must("productd", "GET", `/v1/products/${product.id}`);
        assert.equal(now.picture ?? "", "", "it has a picture");
    });

    test("attacks: a picture with a page in it comes out as a picture alone", async () => {
        const { shop } = here;
        const staff = await admin(shop);
        const { product } = await things(shop);
        const script = "<script>window.__xss=1</script>";
        const bytes = Buffer.concat([
            picturePng(64, script),
            Buffer.from(`<!doctype html>${script}`),
        ]);
        const answer = await staff.upload(
            `/admin/products/${product.id}/picture`,
            {},
            {
                picture: { filename: '../../../assets/shop.js".html', type: "text/html", bytes },
            },
        );
        assert.equal(answer.status, 303, answer.text.match(/error">(.*?)</)?.[1]);
        const editor = await staff.get(`/admin/products/${product.id}`);
        const target = editor.text.match(/src="(\/pictures\/[^"]+)"/)[1];
        const picture = await new Caller(shop.url).get(target);
        assert.equal(picture.status, 200);
        assert.equal(picture.headers["content-type"], "image/jpeg");
        assert.equal(picture.headers["x-content-type-options"], "nosniff");
        assert.match(picture.headers["content-security-policy"], /default-src 'none'.*sandbox/);
        assert.equal(picture.bytes.subarray(0, 3).toString("hex"), "ffd8ff");
        assert.ok(!picture.bytes.includes("<script"));
        for (const other of [
            "/pictures/..%2f..%2fsecret",
            "/pictures/%2e%2e",
            "/assets/..%2fapp.cpp",
            "/assets/%2e%2e%2ftexts.json",
        ])
            assert.ok([400, 404].includes((await new Caller(shop.url).get(other)).status), other);
    });
}

const AWAY = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/%0d%0aset-cookie:x=1",
    "/\r\nset-cookie: x=1",
    "evil.example",
    "/../../\\evil.example",
    "//evil.example/%2f..",
    "\u0000//evil.example",
    "/\u2028/evil.example",
    "//[::1]/",
    "/.//evil.example",
];

function redirectTests(here) {
    test("attacks: no address leads from the shop to somewhere else", async () => {
        const { shop } = here;
        const customer = await shop.customer("rosa");
        const signedIn = await new Caller(shop.url).signIn(customer);
        const wrong = [];
        const judge = (name, answer) => {
            const { location } = answer.headers;
            if (answer.headers["set-cookie"]?.some((line) => /^x=/.test(line)))
                wrong.push(`${name}: a header of theirs`);
            if (!location) return;
            if (new URL(location, shop.url).host !== shop.host || !location.startsWith("/"))
                wrong.push(`${name}: ${location}`);
        };
        for (const next of AWAY) {
            for (const page of ["/login", "/register"]) {
                const target = `${page}?next=${encodeURIComponent(next)}`;
                judge(target, await signedIn.get(target));
                // Where somebody else reads it out of the form again.
                const field = (await new Caller(shop.url).get(target)).text.match(
                    /name="next" value="([^"]*)"/,
                )?.[1];
                if (field && new URL(field, shop.url).host !== shop.host)
                    wrong.push(`${target}: the form has ${field}`);
            }
            const guest = new Caller(shop.url);
            const answer = await guest.post("/login", { ...customer, next });
            assert.equal(answer.status, 303);
            judge(`sign-in with ${JSON.stringify(next)}`, answer);
        }
        const staff = await admin(shop);
        const { product } = await things(shop);
        for (const away of AWAY.slice(0, 6))
            judge(
                "return_to",
                await staff.post(`/admin/products/${product.id}/stock`, {
                    kind: "receive",
                    stock_quantity: "1",
                    key: `k${AWAY.indexOf(away)}AAAAAAAAAAAAAAAAAAA`,
                    return_to: away,
                }),
            );
        for (const target of ["//evil.example", "//evil.example/%2f..", "/\\evil.example"])
            judge(target, await new Caller(shop.url).get(target));
        judge(
            "a foreign host",
            await new Caller(shop.url).get("/account", { "x-forwarded-host": "evil.example" }),
        );
        assert.deepEqual(wrong, []);
        // A good one works.
        const good = await new Caller(shop.url).post("/login", {
            ...customer,
            next: "/account?x=1",
        });
        assert.match(good.headers.location, /^\/account\?x=1/);
    });

    test("attacks: no page, no header and no script of a page ever has a token or the cookie's secret", async () => {
        const { shop } = here;
        const { fill, order } = await things(shop);
        const staff = await admin(shop);
        const secret = staff.cookies.get("shop");
        const targets = [
            ...routes("GET").map(fill),
            `/order/thank-you?order=${order.number}`,
            "/nothing",
            "/cart?said=saved",
        ];
        for (const target of targets) {
            const answer = await staff.get(target);
            const all = answer.text + JSON.stringify(answer.headers);
            assert.ok(!/eyJ[\w-]{10,}/.test(all), `${target} has a token`);
            assert.ok(!answer.text.includes(secret), `${target} has the cookie's secret`);
            assert.ok(
                !/refresh_token|access_token/.test(answer.text),
                `${target} speaks of tokens`,
            );
        }
        const own = await new Caller(shop.url).signIn(await shop.customer("vera"));
        const page = await own.get("/account");
        assert.match(page.headers["cache-control"], /no-store/);
    });
}

export default function attackTests(here) {
    forgeryTests(here);
    sessionTests(here);
    uploadTests(here);
    redirectTests(here);
}
