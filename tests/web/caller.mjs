// A browser's requests without a browser: what an attacker's program may send, byte for byte, with a jar for cookies.
import http from "node:http";

export function form(fields) {
    return new URLSearchParams(fields).toString();
}

export function multipart(fields, files = {}) {
    const boundary = "----web-test-boundary";
    const parts = [];
    for (const [name, value] of Object.entries(fields))
        parts.push(
            `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        );
    for (const [name, { filename, type, bytes }] of Object.entries(files))
        parts.push(
            `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n` +
                `Content-Type: ${type}\r\n\r\n`,
            bytes,
            "\r\n",
        );
    parts.push(`--${boundary}--\r\n`);
    return {
        type: `multipart/form-data; boundary=${boundary}`,
        body: Buffer.concat(parts.map((part) => Buffer.from(part))),
    };
}

export class Caller {
    constructor(url, headers = {}) {
        this.url = new URL(url);
        this.headers = headers; // of every request
        this.cookies = new Map();
    }

    get origin() {
        return this.url.origin;
    }

    send(method, target, { headers = {}, body } = {}) {
        const all = { ...this.headers, ...headers };
        if (this.cookies.size > 0)
            all.cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
        if (body !== undefined) all["content-length"] = Buffer.byteLength(body);
        return new Promise((done, fail) => {
            const request = http.request(
                {
                    host: this.url.hostname,
                    port: this.url.port,
                    method,
                    path: target,
                    headers: all,
                    agent: false,
                },
                (response) => {
                    const pieces = [];
                    response.on("data", (bytes) => pieces.push(bytes));
                    response.on("error", fail);
                    response.on("end", () => {
                        const bytes = Buffer.concat(pieces);
                        this.#keep(response.headers["set-cookie"] ?? []);
                        done({
                            status: response.statusCode,
                            headers: response.headers,
                            bytes,
                            text: bytes.toString(),
                        });
                    });
                },
            );
            request.on("error", fail);
            request.end(body);
        });
    }

    #keep(lines) {
        for (const line of lines) {
            const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
            if (value) this.cookies.set(name, value);
            else this.cookies.delete(name);
        }
    }

    get(target, headers) {
        return this.send("GET", target, { headers });
    }

    // The token of this browser's forms: the sign-in has one for guests, and every page for whoever is signed in.
    async csrf() {
        for (const page of ["/login", "/account"]) {
            const found = (await this.get(page)).text.match(/name="csrf" value="([^"]*)"/);
            if (found) return found[1];
        }
        throw new Error("no page has a form with a token");
    }

    // As a form of this shop is sent. `fields` without csrf get this browser's; headers of undefined are left out.
    async post(target, fields = {}, headers = {}) {
        const body = form({ csrf: fields.csrf ?? (await this.csrf()), ...fields });
        return this.raw(target, body, "application/x-www-form-urlencoded", headers);
    }

    async upload(target, fields, files) {
        const { type, body } = multipart({ csrf: await this.csrf(), ...fields }, files);
        return this.raw(target, body, type);
    }

    raw(target, body, type, headers = {}) {
        const all = { origin: this.origin, "content-type": type, ...headers };
        for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
        return this.send("POST", target, { headers: all, body });
    }

    async signIn({ username, password }) {
        const answer = await this.post("/login", { username, password });
        if (answer.status !== 303)
            throw new Error(`${username} can't sign in: ${answer.status} ${answer.text}`);
        return this;
    }
}
