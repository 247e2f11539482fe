// A PNG without a library: small stripes.
import zlib from "node:zlib";

function chunk(type, data) {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function crc(bytes) {
    let sum = 0xffffffff;
    for (const byte of bytes) {
        sum ^= byte;
        for (let bit = 0; bit < 8; ++bit) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    }
    return (sum ^ 0xffffffff) >>> 0;
}

// `comment` stands in a text chunk of it.
export function picturePng(size = 64, comment = "") {
    const head = Buffer.alloc(13);
    head.writeUInt32BE(size, 0);
    head.writeUInt32BE(size, 4);
    head[8] = 8; // bits of a channel
    head[9] = 2; // red, green, blue
    const row = (y) =>
        Buffer.from([
            0,
            ...Array(size)
                .fill(y % 16 < 8 ? [200, 120, 80] : [40, 110, 100])
                .flat(),
        ]);
    const pixels = zlib.deflateSync(Buffer.concat(Array.from({ length: size }, (_, y) => row(y))));
    return Buffer.concat([
        Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
        chunk("IHDR", head),
        ...(comment ? [chunk("tEXt", Buffer.from(`Comment\0${comment}`, "latin1"))] : []),
        chunk("IDAT", pixels),
        chunk("IEND", Buffer.alloc(0)),
    ]);
}
