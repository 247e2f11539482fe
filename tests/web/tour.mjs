// The shop as people use it, from the first page to an order in the back office: without JavaScript on a phone, with it on
// a desk. Every step leaves a screenshot.
import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./browser.mjs";

const modes = [
    { name: "phone", words: "without JavaScript at 360 px", js: false, width: 360, height: 800 },
    { name: "desk", words: "with JavaScript at 1280 px", js: true, width: 1280, height: 900 },
];

async function looksAround(visitor) {
    const { page } = visitor;
    await visitor.go("/");
    await visitor.shot("home");
    await visitor.follow(
        "Bags",
        /^\/products\?category=Bags/,
        page.getByRole("navigation", { name: "Categories" }),
    );
    await visitor.heading("Bags");
    await visitor.shot("category");

    const search = page.getByRole("searchbox", { name: "Search the shop" });
    await search.fill("lantern");
    await visitor.leads(() => search.press("Enter"), /^\/products\?q=lantern/);
    await visitor.shot("search");
    const card = page.getByRole("main").getByRole("listitem").getByRole("link").first();
    const name = (await card.innerText()).trim();
    await visitor.leads(() => card.click(), /^\/product\//);
    await visitor.heading(name);
    await visitor.shot("product");

    await search.fill("zeppelin hangar");
    await visitor.leads(() => search.press("Enter"), /^\/products\?q=zeppelin/);
    await visitor.heading("zeppelin hangar");
    await visitor.sees("Nothing found");
    await visitor.shot("nothing-found");

    visitor.expect(404, /^\/product\/no-such-thing$/);
    await visitor.go("/product/no-such-thing");
    await visitor.heading("There is nothing on this shelf");
    await visitor.shot("not-found");
}

// Puts a product into the cart before there is an account: it is in it afterwards.
async function registers(visitor, person) {
    const { page } = visitor;
    await visitor.go("/products?in_stock=1&sort=-price");
    const card = page.getByRole("main").getByRole("listitem").getByRole("link").first();
    await visitor.leads(() => card.click(), /^\/product\//);
    const name = await page.getByRole("heading", { level: 1 }).innerText();
    await page.getByRole("spinbutton", { name: "Pieces" }).fill("2");
    await visitor.press("Put into the cart", /^\/login\?/);
    await visitor.follow("Make an account", /^\/register\?/, page.getByRole("main"));
    await visitor.shot("register");

    await page.getByLabel("Name to sign in with").fill(person.username);
    await page.getByLabel("Email address").fill(person.email);
    await page.getByLabel("First name").fill(person.first_name);
    await page.getByLabel("Password").fill("password");
    visitor.expect(400, /^\/register$/);
    await visitor.leads(
        () => page.getByRole("button", { name: "Make the account" }).click(),
        /^\/register/,
    );
    await page.locator("[aria-invalid=true]").first().waitFor();
    await visitor.shot("register-wrong");

    await page.getByLabel("Password").fill(person.password);
    await visitor.press("Make the account", /^\/cart/);
    await visitor.sees(name);
    await visitor.shot("cart");
    return name;
}

async function buys(visitor, first) {
    const { page, shop } = visitor;
    const cup = await shop.product({
        name: `Blue Cup for a ${visitor.options.name}`,
        price: { amount: 325, currency: "GBP" },
    });
    await visitor.go(`/product/${cup.slug}`);
    await visitor.press("Put into the cart", /^\/cart/);
    await visitor.sees(first);
    const line = page.getByRole("listitem").filter({ hasText: cup.name });
    // With the script it goes off by itself.
    await visitor.leads(async () => {
        await line.getByRole("spinbutton").fill("3");
        if (visitor.options.js) await line.getByRole("spinbutton").blur();
        else await line.getByRole("button", { name: /^Update/ }).click();
    }, /^\/cart\?said=cart_set/);
    await visitor.sees("£9.75");
    await visitor.leads(
        () => page.getByRole("button", { name: `Take out ${first}` }).click(),
        /^\/cart/,
    );
    assert.equal(await page.getByText(first).count(), 0);
    await visitor.shot("cart-changed");

    await visitor.follow("Go to the checkout", /^\/checkout/);
    await visitor.sees(cup.name);
    await visitor.shot("checkout");
    await page.getByLabel("A note for us").fill("Please wrap it.\nIt is a present.");
    await visitor.press("Place the order", /^\/order\/thank-you/);
    await visitor.heading("Thank you!");
    await visitor.shot("thank-you");

    await visitor.follow("See the order", /^\/account\/orders\//);
    await visitor.sees("It is a present.");
    await visitor.sees("£9.75");
    await visitor.shot("order");
    return (await page.getByRole("heading", { level: 1 }).innerText()).match(/\d+/)[0];
}

async function comesBack(visitor, person, number) {
    const { page } = visitor;
    await visitor.go("/account");
    await visitor.heading(`Hello, ${person.first_name}`);
    await page.getByRole("link", { name: number, exact: true }).waitFor();
    await visitor.shot("account");
    await page.locator("details.menu > summary").click();
    await visitor.press("Sign out", /^\/\?said=signed_out/);
    await visitor.sees("You are signed out.");
    await visitor.go("/account");
    await visitor.heading("Sign in");
    await visitor.shot("sign-in");

    await page.getByLabel("Name or email address").fill(person.username);
    await page.getByLabel("Password").fill("not this one");
    visitor.expect(422, /^\/login$/);
    await visitor.leads(() => page.getByRole("button", { name: "Sign in" }).click(), /^\/login$/);
    await page.getByRole("alert").waitFor();
    await visitor.shot("sign-in-wrong");
    await page.getByLabel("Password").fill(person.password);
    await visitor.press("Sign in", /^\/account/, page.getByRole("main"));
    await visitor.heading(`Hello, ${person.first_name}`);
}

// A picture that this browser draws.
async function drawnPicture(visitor) {
    const base64 = await visitor.page.evaluate(() => {
        const canvas = document.createElement("canvas");
        canvas.width = 900;
        canvas.height = 600;
        const pen = canvas.getContext("2d");
        const sky = pen.createLinearGradient(0, 0, 0, 600);
        sky.addColorStop(0, "#f4c095");
        sky.addColorStop(1, "#679289");
        pen.fillStyle = sky;
        pen.fillRect(0, 0, 900, 600);
        pen.fillStyle = "#1d7874";
        pen.beginPath();
        pen.arc(450, 320, 180, 0, 7);
        pen.fill();
        return canvas.toDataURL("image/png").split(",")[1];
    });
    return { name: "tin.png", mimeType: "image/png", buffer: Buffer.from(base64, "base64") };
}

async function makesProduct(visitor) {
    const { page } = visitor;
    const name = `Tea Tin of the ${visitor.options.name}`;
    await visitor.go("/admin/products");
    await visitor.shot("office-products");
    await visitor.follow("New product", /^\/admin\/products\/new/);
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("SKU").fill(`TIN-${visitor.options.name}`);
    await page.getByLabel(/^Price in/).fill("no price");
    await page.getByLabel("Category", { exact: true }).fill("Kitchen");
    await page.getByLabel("Description").fill("Keeps tea dry.\nHolds 100 g.");
    await page.getByLabel("Pieces in the house").fill("4");
    visitor.expect(422, /^\/admin\/products\/new$/);
    visitor.expect(400, /^\/admin\/products\/new$/);
    await visitor.leads(
        () => page.getByRole("button", { name: "Make the product" }).click(),
        /^\/admin\/products\/new/,
    );
    await page.locator("#price[aria-invalid=true]").waitFor();
    await visitor.shot("office-product-wrong");

    await page.getByLabel(/^Price in/).fill("7.50");
    await page.getByLabel("Picture").setInputFiles(await drawnPicture(visitor));
    if (visitor.options.js) await page.getByAltText("The picture that was chosen").waitFor();
    await visitor.press("Make the product", /^\/admin\/products\/(?!new)/);
    await visitor.heading(name);
    const picture = page.getByAltText("The picture as it is now");
    assert.match(await picture.getAttribute("src"), /^\/pictures\//);
    assert.ok(
        await picture.evaluate((image) => image.complete && image.naturalWidth > 100),
        "the picture is there",
    );
    await visitor.shot("office-product");

    await page.getByLabel("Pieces", { exact: true }).fill("6");
    await visitor.press("Book it", /^\/admin\/products\//);
    await visitor.sees("The movement is booked.");
    assert.match(await page.locator("dl.sums").innerText(), /To be sold\s+10/);
    await visitor.shot("office-restocked");
    await visitor.follow("See it in the shop", /^\/product\//);
    await visitor.sees("£7.50");
    await visitor.sees("Holds 100 g.");
    await visitor.shot("office-product-in-shop");
}

async function worksOnOrders(visitor, [toSend, toCancel]) {
    const { page } = visitor;
    await visitor.go("/admin/orders?state=placed");
    await visitor.shot("office-orders");
    await visitor.follow(new RegExp(`^${toSend}$`), /^\/admin\/orders\//, page.getByRole("main"));
    await visitor.sees("It is a present.");
    await visitor.shot("office-order");
    await visitor.pressSure("It was sent", /said=order_fulfilled/);
    await visitor.sees("The order is marked as sent.");
    await visitor.shot("office-order-sent");

    const filter = page.getByLabel("Number or customer");
    await visitor.go("/admin/orders");
    await filter.fill(toCancel);
    await visitor.leads(() => filter.press("Enter"), /^\/admin\/orders\/ord_/);
    await visitor.heading(`Order ${toCancel}`);
    await page.getByText("Cancel this order").click();
    await page.getByLabel("Why?").fill("The kiln broke.");
    await visitor.press("Cancel the order", /said=order_cancelled/);
    await visitor.sees("The kiln broke.");
    await visitor.shot("office-order-cancelled");
}

async function looksAtTheDay(visitor) {
    const { page } = visitor;
    await visitor.go("/admin");
    await visitor.heading("Today in the shop");
    assert.ok((await page.locator(".chart-frame svg").count()) >= 1, "there is a chart");
    for (const service of ["Accounts", "Products and stock", "Orders"])
        assert.match(
            await page.getByRole("listitem").filter({ hasText: service }).last().innerText(),
            /well/,
        );
    await visitor.shot("office-dashboard");
}

async function orderOf(shop, person, product) {
    const token = await shop.tokenOf(person.username, person.password);
    await shop.must(
        "orderd",
        "POST",
        "/v1/cart/lines",
        { product: product.id, quantity: 1 },
        { token },
    );
    const order = await shop.must(
        "orderd",
        "POST",
        "/v1/orders",
        { note: "It is a present." },
        { token },
    );
    return String(order.number);
}

export default function tourTests(here) {
    for (const { words, ...mode } of modes) {
        test(
            `tour: a guest looks around, registers, buys and finds the order, ${words}`,
            { timeout: 240000 },
            () =>
                visit(here.shop, mode, async (visitor) => {
                    const person = {
                        username: `ada.${mode.name}`,
                        email: `ada.${mode.name}@example.org`,
                        first_name: "Ada",
                        password: "seven quiet lanterns at dusk",
                    };
                    await looksAround(visitor);
                    const first = await registers(visitor, person);
                    const number = await buys(visitor, first);
                    await comesBack(visitor, person, number);
                }),
        );

        test(
            `tour: staff make a product with a picture, restock, send and cancel, ${words}`,
            { timeout: 240000 },
            () =>
                visit(here.shop, { ...mode, name: `${mode.name}-staff` }, async (visitor) => {
                    const { shop } = here;
                    const customer = await shop.customer("grace");
                    const product = await shop.product({});
                    const orders = [
                        await orderOf(shop, customer, product),
                        await orderOf(shop, customer, product),
                    ];
                    await visitor.go("/login?next=%2Fadmin");
                    await visitor.page.getByLabel("Name or email address").fill(shop.adminName);
                    await visitor.page.getByLabel("Password").fill(shop.adminPassword);
                    await visitor.press("Sign in", /^\/admin/, visitor.page.getByRole("main"));
                    await makesProduct(visitor);
                    await worksOnOrders(visitor, orders);
                    await looksAtTheDay(visitor);
                }),
        );
    }
}
