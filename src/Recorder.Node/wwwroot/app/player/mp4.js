// What a player must know of an MP4 before it appends it: its codecs, and where it may be cut. No DOM.

/** Boxes that only contain others, between the beginning of a file and its sample entries. */
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);

const VISUAL_ENTRY = 78;
const AUDIO_ENTRY = 28;

/**
 * The MIME type of a fragmented MP4 with the codecs of its tracks (RFC 6381), for MediaSource.
 * @param {Uint8Array} bytes The file, at least with its moov.
 * @returns {string | null} Null when there is no moov, or no track that this knows.
 */
export function typeOf(bytes) {
  /** @type {string[]} */
  const codecs = [];
  let isVideo = false;
  walk(bytes, 0, bytes.length, (type, body, end) => {
    if (type !== 'stsd') return;
    walk(bytes, body + 8, end, (entry, begin, over) => {
      const codec = codecOf(bytes, entry, begin, over);
      if (codec) codecs.push(codec);
      isVideo ||= entry in VIDEO;
    });
  });
  return codecs.length > 0 ? `${isVideo ? 'video' : 'audio'}/mp4; codecs="${codecs.join(',')}"` : null;
}

/**
 * Cuts a fragmented MP4 where it may be cut, as it arrives: first what is before the first fragment, then whole fragments, as many as have come.
 * @param {AsyncIterable<Uint8Array>} arriving
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>}
 * @yields {Uint8Array<ArrayBuffer>} The header, then fragments.
 */
export async function* segmentsOf(arriving) {
  let bytes = new Uint8Array(0);
  let isHeader = true;
  for await (const more of arriving) {
    const joined = new Uint8Array(bytes.length + more.length);
    joined.set(bytes);
    joined.set(more, bytes.length);
    bytes = joined;
    for (let end = endOf(bytes, isHeader); end > 0; end = endOf(bytes, isHeader)) {
      yield bytes.slice(0, end);
      bytes = bytes.slice(end);
      isHeader = false;
    }
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {boolean} isHeader
 * @returns {number} Where the header ends, or the last whole fragment; 0 while not all of it is there.
 */
function endOf(bytes, isHeader) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let whole = 0;
  for (let at = 0; at + 8 <= bytes.length; ) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (isHeader && type === 'moof') return at;
    let size = view.getUint32(at);
    if (size === 1) size = at + 16 <= bytes.length ? Number(view.getBigUint64(at + 8)) : Infinity;
    if (size < 8 || at + size > bytes.length) break;
    at += size;
    if (type === 'mdat') whole = at;
  }
  return isHeader ? 0 : whole;
}

/** @type {Record<string, (bytes: Uint8Array, entry: string, begin: number, end: number) => string | null>} */
const VIDEO = { avc1: avc, avc3: avc, hvc1: hevc, hev1: hevc, av01: av1, vp09: vp9 };

/**
 * @param {Uint8Array} bytes
 * @param {string} entry
 * @param {number} begin
 * @param {number} end
 */
function codecOf(bytes, entry, begin, end) {
  if (VIDEO[entry]) return VIDEO[entry](bytes, entry, begin + VISUAL_ENTRY, end);
  if (entry === 'mp4a') return `mp4a.40.${aacType(bytes, begin + AUDIO_ENTRY, end)}`;
  if (entry === 'Opus') return 'opus';
  if (entry === 'fLaC') return 'flac';
  return entry === 'ac-3' || entry === 'ec-3' ? entry : null;
}

/** @type {(bytes: Uint8Array, entry: string, begin: number, end: number) => string | null} */
function avc(bytes, entry, begin, end) {
  const at = find(bytes, 'avcC', begin, end);
  return at < 0 ? null : `${entry}.${hex(bytes[at + 1])}${hex(bytes[at + 2])}${hex(bytes[at + 3])}`;
}

/** @type {(bytes: Uint8Array, entry: string, begin: number, end: number) => string | null} */
function hevc(bytes, entry, begin, end) {
  const at = find(bytes, 'hvcC', begin, end);
  if (at < 0) return null;
  const space = ['', 'A', 'B', 'C'][bytes[at + 1] >> 6];
  let compatible = 0;
  for (let bit = 0; bit < 32; bit++) compatible |= ((bytes[at + 2 + (bit >> 3)] >> (7 - (bit & 7))) & 1) << bit;
  const constraints = [...bytes.subarray(at + 6, at + 12)];
  while (constraints.length > 1 && constraints.at(-1) === 0) constraints.pop();
  const tier = bytes[at + 1] & 0x20 ? 'H' : 'L';
  return [
    entry, `${space}${bytes[at + 1] & 0x1f}`, (compatible >>> 0).toString(16), `${tier}${bytes[at + 12]}`, ...constraints.map(one => one.toString(16)),
  ].join('.');
}

/** @type {(bytes: Uint8Array, entry: string, begin: number, end: number) => string | null} */
function av1(bytes, _entry, begin, end) {
  const at = find(bytes, 'av1C', begin, end);
  if (at < 0) return null;
  const [levels, flags] = [bytes[at + 1], bytes[at + 2]];
  const depth = flags & 0x40 ? (flags & 0x20 ? 12 : 10) : 8;
  return `av01.${levels >> 5}.${two(levels & 0x1f)}${flags & 0x80 ? 'H' : 'M'}.${two(depth)}`;
}

/** @type {(bytes: Uint8Array, entry: string, begin: number, end: number) => string | null} */
function vp9(bytes, _entry, begin, end) {
  const at = find(bytes, 'vpcC', begin, end);
  return at < 0 ? null : `vp09.${two(bytes[at + 4])}.${two(bytes[at + 5])}.${two(bytes[at + 6] >> 4)}`;
}

/**
 * The audio object type of an esds box; 2 (AAC-LC) where it cannot be read.
 * @param {Uint8Array} bytes
 * @param {number} begin
 * @param {number} end
 */
function aacType(bytes, begin, end) {
  const at = find(bytes, 'esds', begin, end);
  // The decoder's own configuration is descriptor 5, behind descriptors of unknown lengths.
  for (let i = at < 0 ? end : at + 4; i < end - 2; i++) {
    if (bytes[i] !== 5) continue;
    let body = i + 1;
    while (bytes[body] & 0x80) body++;
    const type = bytes[body + 1] >> 3;
    if (bytes[body] > 1 && bytes[body] < 64 && body + 1 + bytes[body] <= end && type > 0) return type;
  }
  return 2;
}

/**
 * @param {Uint8Array} bytes
 * @param {string} wanted
 * @param {number} begin
 * @param {number} end
 * @returns {number} Where the body of a box begins; -1 without.
 */
function find(bytes, wanted, begin, end) {
  let found = -1;
  walk(bytes, begin, end, (type, body) => {
    if (type === wanted && found < 0) found = body;
  });
  return found;
}

/**
 * Visits the boxes of a range, and those in boxes that only contain others.
 * @param {Uint8Array} bytes
 * @param {number} begin
 * @param {number} end
 * @param {(type: string, body: number, end: number) => void} visit
 */
function walk(bytes, begin, end, visit) {
  for (let at = begin; at + 8 <= end; ) {
    const size = ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
    if (size < 8 || at + size > end) return;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'moof' || type === 'mdat') return;
    visit(type, at + 8, at + size);
    if (CONTAINERS.has(type)) walk(bytes, at + 8, at + size, visit);
    at += size;
  }
}

/** @param {number} value */
function hex(value) {
  return value.toString(16).padStart(2, '0');
}

/** @param {number} value */
function two(value) {
  return String(value).padStart(2, '0');
}
