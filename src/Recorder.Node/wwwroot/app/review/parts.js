// Which parts of which recordings an interval is made of. No DOM.

/** @typedef {import('../player/pieces.js').Piece} Piece */

/**
 * A part for each recording that has media in an interval, across its gaps.
 * @param {string} recorder @param {readonly Piece[]} pieces @param {number} from Milliseconds since 1970. @param {number} to
 * @returns {{ key: string, begin: string, end: string, name: string }[]} Begin and end in seconds of the recording's timeline.
 */
export function partsOf(recorder, pieces, from, to) {
  /** @type {Map<string, { begin: number, end: number, wall: number }>} */
  const found = new Map();
  for (const piece of pieces) {
    const [first, last] = [Math.max(piece.from, from), Math.min(piece.to, to)];
    if (last <= first) continue;
    const begin = piece.mediaTime + (first - piece.from) / 1000;
    const end = piece.mediaTime + (last - piece.from) / 1000;
    const known = found.get(piece.key);
    if (known) found.set(piece.key, { begin: Math.min(known.begin, begin), end: Math.max(known.end, end), wall: Math.min(known.wall, first) });
    else found.set(piece.key, { begin, end, wall: first });
  }
  return Array.from(found, ([key, { begin, end, wall }]) => ({ key, begin: begin.toFixed(3), end: end.toFixed(3), name: `${recorder}_${stampOf(wall)}.mp4` }));
}

/** @param {number} time '20261201T120305', in UTC. */
function stampOf(time) {
  return new Date(time).toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
}
