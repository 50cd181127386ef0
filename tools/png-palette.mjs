// SPDX-License-Identifier: Apache-2.0
// A screenshot with 256 colours: a third of its size. The most frequent colours stay as they are, each
// other takes the nearest of them. Reads what Chromium writes (8 bits, RGB or RGBA, not interlaced).
import { deflateSync, inflateSync } from 'node:zlib';

/** CRC-32 as PNG's annex D has it: node 18 has none of its own. */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([u32(data.length), body, u32(crc32(body))]);
};

function parse(png) {
  const parts = [];
  let header = null;
  for (let at = 8; at < png.length;) {
    const size = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + size);
    if (type === 'IHDR') header = { width: data.readUInt32BE(0), height: data.readUInt32BE(4), depth: data[8], bytes: { 2: 3, 6: 4 }[data[9]], interlaced: data[12] };
    if (type === 'IDAT') parts.push(data);
    at += size + 12;
  }
  if (!header || header.depth !== 8 || !header.bytes || header.interlaced) throw new Error('not a PNG as Chromium writes it');
  return { ...header, raw: inflateSync(Buffer.concat(parts)) };
}

function paeth(a, b, c) {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Pixels as 0xRRGGBB, the filters of the lines undone (PNG, section 9). */
function pixels({ width, height, bytes, raw }) {
  const out = new Uint32Array(width * height);
  const stride = width * bytes;
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const line = Uint8Array.from(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let i = 0; i < stride; i++) {
      const a = i < bytes ? 0 : line[i - bytes];
      const c = i < bytes ? 0 : above[i - bytes];
      line[i] += [0, a, above[i], (a + above[i]) >> 1, filter === 4 ? paeth(a, above[i], c) : 0][filter];
    }
    for (let x = 0; x < width; x++) out[y * width + x] = line[x * bytes] << 16 | line[x * bytes + 1] << 8 | line[x * bytes + 2];
    above = line;
  }
  return out;
}

/** @param {Buffer} png @returns {Buffer} */
export function paletted(png) {
  const image = parse(png);
  const all = pixels(image);
  const counts = new Map();
  for (const p of all) counts.set(p, (counts.get(p) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([p]) => p);
  const index = new Map(palette.map((p, i) => [p, i]));
  const apart = (a, b) => ((a >> 16) - (b >> 16)) ** 2 + ((a >> 8 & 255) - (b >> 8 & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
  for (const p of counts.keys()) {
    if (index.has(p)) continue;
    let best = 0;
    for (let i = 1; i < palette.length; i++) if (apart(p, palette[i]) < apart(p, palette[best])) best = i;
    index.set(p, best);
  }
  const lines = Buffer.alloc((image.width + 1) * image.height);
  all.forEach((p, i) => { lines[Math.floor(i / image.width) * (image.width + 1) + 1 + i % image.width] = index.get(p); });
  const header = Buffer.concat([u32(image.width), u32(image.height), Buffer.from([8, 3, 0, 0, 0])]);
  return Buffer.concat([png.subarray(0, 8), chunk('IHDR', header), chunk('PLTE', Buffer.from(palette.flatMap((p) => [p >> 16, p >> 8 & 255, p & 255]))),
    chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
