// Where the media of one recorder is on the wall clock. No DOM.

/**
 * A piece of media without a gap: every moment in it has its place on the recording's timeline.
 * @typedef {object} Piece
 * @property {number} from Wall time of its begin, milliseconds since 1970.
 * @property {number} to Wall time of its end.
 * @property {string} key The recording.
 * @property {number} mediaTime Its begin on the recording's timeline, seconds.
 */

/**
 * Media that should have been recorded and was not.
 * @typedef {object} Gap
 * @property {number} from Wall time of the last media before it.
 * @property {number} to Wall time of the first media after it.
 * @property {string} cause The cause, as the API names it.
 * @property {string} detail A sentence, or empty.
 */

/**
 * A moment in a lane.
 * @typedef {object} Place
 * @property {Piece | null} piece The media that is there.
 * @property {Gap | null} gap The gap that is there, when there is no media.
 * @property {number} until When this ends: the end of the piece, the begin of the next one, or Infinity.
 */

/** The shortest time that is worth a request, milliseconds. */
const SHORTEST = 1;

/** The pieces and gaps of one recorder, as far as they are known. */
export class Lane {
  /** @type {Piece[]} */
  #pieces = [];

  /** @type {Gap[]} */
  #gaps = [];

  /** @returns {readonly Piece[]} The pieces in order, without overlaps. */
  get pieces() {
    return this.#pieces;
  }

  /** @returns {readonly Gap[]} The gaps in order. */
  get gaps() {
    return this.#gaps;
  }

  /**
   * Replaces what is known. Of pieces that overlap the earlier one is kept, and the later one begins behind it.
   * @param {readonly Piece[]} pieces
   * @param {readonly Gap[]} gaps
   */
  set(pieces, gaps) {
    /** @type {Piece[]} */
    const kept = [];
    for (const piece of pieces.toSorted((a, b) => a.from - b.from)) {
      const end = kept.at(-1)?.to ?? -Infinity;
      const begun = piece.from < end ? cutBefore(piece, end) : piece;
      if (begun.to - begun.from >= SHORTEST) kept.push(begun);
    }
    this.#pieces = kept;
    this.#gaps = gaps.toSorted((a, b) => a.from - b.from);
  }

  /**
   * What is at a moment.
   * @param {number} wall
   * @returns {Place}
   */
  at(wall) {
    const index = this.#pieces.findIndex(piece => piece.to > wall);
    const next = this.#pieces[index];
    if (next && next.from <= wall) return { piece: next, gap: null, until: next.to };

    const until = next ? next.from : Infinity;
    // The gap itself may lack the media at its edges, or not be closed yet.
    const gap = this.#gaps.find(one => one.from < until && one.to > wall && one.from <= wall) ?? this.#gaps.find(one => one.to > wall && one.from < until) ?? null;
    return { piece: null, gap, until };
  }

  /**
   * The next piece that begins after a moment.
   * @param {number} wall
   * @returns {Piece | null}
   */
  next(wall) {
    return this.#pieces.find(piece => piece.from > wall) ?? null;
  }
}

/**
 * The place of a moment on the recording's timeline, seconds.
 * @param {Piece} piece
 * @param {number} wall
 */
export function mediaTimeOf(piece, wall) {
  return piece.mediaTime + (wall - piece.from) / 1000;
}

/**
 * The wall time of a place on the recording's timeline.
 * @param {Piece} piece
 * @param {number} mediaTime Seconds.
 */
export function wallOf(piece, mediaTime) {
  return piece.from + (mediaTime - piece.mediaTime) * 1000;
}

/**
 * The rest of a piece behind a moment.
 * @param {Piece} piece
 * @param {number} wall
 * @returns {Piece}
 */
function cutBefore(piece, wall) {
  return { ...piece, from: wall, mediaTime: mediaTimeOf(piece, wall) };
}

/**
 * Says why there is no picture, for people.
 * @param {Place} place What is at the moment.
 * @param {(cause: string) => string} [nameOf] The name of a cause in words.
 */
export function noticeOf(place, nameOf = wordsOf) {
  if (place.piece) return '';
  return place.gap ? `No recording: ${nameOf(place.gap.cause)}` : 'No recording';
}

/**
 * A name of the API in words: sourceLost is "source lost".
 * @param {string} cause
 */
export function wordsOf(cause) {
  return cause.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}
