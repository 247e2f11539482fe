// A shop of its own for these tests: the real daemons under `shopctl up`, and what a test does behind the browser's back.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { Caller } from "./caller.mjs";

const BIN = process.env.SHOP_BIN;
const SOURCE = process.env.SHOP_SOURCE;

// Other programs of tests take ports from 20000 to 29999, the kernel gives out those from 32768.
async function freePortBase() {
    const isFree = (port) =>
        new Promise((done) => {
            const server = net.createServer();
            server.once("error", () => done(false));
            server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
        });
    for (let i = 0; i < 200; ++i) {
        const base = 30000 + ((process.pid + i * 7) % 250) * 10;
        const free = await Promise.all([0, 1, 2, 3].map((more) => isFree(base + more)));
        if (free.every(Boolean)) return base;
    }
    throw new Error("no free ports above 30000");
}

export async function sleep(ms) {
    await new Promise((done) => setTimeout(done, ms));
}

// What `ask` returns once it is something; a test that waits for nothing else than this asserts no timing.
export async function until(what, seconds, ask) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        const answer = await ask();
        if (answer) return answer;
        if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
        await sleep(50);
    }
}

export class Shop {
    static async start() {
        const shop = new Shop();
        shop.folder = mkdtempSync(path.join(os.tmpdir(), "shop-web-"));
        shop.data = path.join(shop.folder, "data");
        const port = await freePortBase();
        shop.host = `127.0.0.1:${port}`;
        shop.url = `http://${shop.host}`;
        shop.environment = {
            ...process.env,
            HOME: shop.folder,
            SHOPCTL_CONFIG: path.join(shop.folder, "config.json"),
            // Passwords are hashed cheaply, and a slow machine is no overload.
            SHOP_USERD_PASSWORD_MEMORY_MIB: "8",
            SHOP_USERD_PASSWORD_PASSES: "1",
        };
        for (const name of ["USERD", "PRODUCTD", "ORDERD", "STOREFRONTD"])
            shop.environment[`SHOP_${name}_QUEUE_MS_MAX`] = "60000";
        // A child, not --detach: it ends with this program, however that ends.
        shop.process = spawn(
            path.join(BIN, "shopctl"),
            ["up", "--data", shop.data, "--port-base", String(port)],
            { env: shop.environment, stdio: ["ignore", "pipe", "pipe"] },
        );
        let said = "";
        for (const stream of [shop.process.stdout, shop.process.stderr])
            stream.on("data", (bytes) => (said += bytes));
        shop.process.once(
            "exit",
            (code) => (shop.ended = `shopctl up ended with ${code}: ${said}`),
        );
        await until("a shop", 60, () => {
            if (shop.ended) throw new Error(shop.ended);
            return said.includes("The shop is ready");
        });
        [shop.adminName, shop.adminPassword] = readFileSync(
            path.join(shop.data, "admin.txt"),
            "utf8",
        )
            .trim()
            .split(":");
        shop.token = await shop.tokenOf(shop.adminName, shop.adminPassword);
        return shop;
    }

    async stop() {
        if (!this.process) return;
        for (const name of ["userd", "productd", "orderd", "storefrontd"])
            this.signal(name, "SIGCONT");
        const ended = new Promise((done) => this.process.once("exit", done));
        this.process.kill("SIGTERM");
        if (!this.ended) await ended;
        rmSync(this.folder, { recursive: true, force: true });
    }

    ctl(...words) {
        return execFileSync(path.join(BIN, "shopctl"), words, {
            env: this.environment,
            encoding: "utf8",
        });
    }

    loadSample() {
        this.ctl("product", "import", path.join(SOURCE, "packaging/sample/catalogue.csv"));
    }

    service(name) {
        const { services } = JSON.parse(readFileSync(path.join(this.data, "shop.json"), "utf8"));
        return services.find((service) => service.service === name);
    }

    signal(name, signal) {
        try {
            process.kill(this.service(name).pid, signal);
        } catch {
            // It has ended.
        }
    }

    // The services' own API. `answer.json` is what it says.
    async api(service, method, target, body, { token = this.token, headers = {} } = {}) {
        const more = { ...headers };
        if (token) more.authorization = `Bearer ${token}`;
        if (method === "POST") more["idempotency-key"] ??= `web-${process.pid}-${++this.calls}`;
        const caller = new Caller(this.service(service).url);
        if (body !== undefined) {
            more["content-type"] ??=
                method === "PATCH" ? "application/merge-patch+json" : "application/json";
        }
        const answer = await caller.send(method, target, {
            headers: more,
            body: body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body),
        });
        answer.json = /json/.test(answer.headers["content-type"] ?? "")
            ? JSON.parse(answer.text)
            : undefined;
        return answer;
    }

    async must(...call) {
        const answer = await this.api(...call);
        if (answer.status >= 300)
            throw new Error(`${call.slice(0, 3).join(" ")}: ${answer.status} ${answer.text}`);
        return answer.json;
    }

    async tokenOf(username, password) {
        return (
            await this.must("userd", "POST", "/v1/sessions", { username, password }, { token: "" })
        ).access_token;
    }

    async customer(name) {
        const username = `${name}${++this.people}`;
        const password = `seven quiet lanterns ${username}`;
        await this.must(
            "userd",
            "POST",
            "/v1/users",
            { username, email: `${username}@example.org`, password },
            { token: "" },
        );
        return { username, password };
    }

    async product(fields) {
        const sku = `WEB-${++this.products}`;
        return this.must("productd", "POST", "/v1/products", {
            sku,
            name: `Thing ${sku}`,
            price: { amount: 250, currency: "GBP" },
            track_stock: true,
            initial_stock: 100,
            ...fields,
        });
    }

    calls = 0;
    people = 0;
    products = 0;
}
