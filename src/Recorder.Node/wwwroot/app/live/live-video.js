import { follow, KeptBehind } from './latency.js';

const Queued = 64;

/** Seconds of no progress, with media at hand, after which a picture begins again. */
const Stalled = 4;

/**
 * Shows live media in a video element, by Media Source Extensions: each header begins new media, in place of what was shown.
 * Errors are told once; the next header begins again.
 */
export class LiveVideo {
  /** @type {HTMLVideoElement} */
  #video;

  /** @type {(sentence: string, isLasting: boolean) => void} */
  #fail;

  /** Where the picture was when, to notice one that stands. */
  #seen = { time: -1, at: 0 };

  /** @type {MediaSource | null} */
  #source = null;

  /** @type {SourceBuffer | null} */
  #buffer = null;

  /** @type {Uint8Array<ArrayBuffer>[]} */
  #queue = [];
  #url = '';
  #type = '';

  /** What was captured when: the media time of a moment, and the moment. @type {{ media: number, wall: number } | null} */
  #clock = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {(sentence: string, isLasting: boolean) => void} fail Gets a sentence about media that cannot be shown, and whether it never can; if not, a new header helps.
   */
  constructor(video, fail) {
    this.#video = video;
    this.#fail = fail;
  }

  /** @param {string} type */
  begin(type) {
    this.end();
    if (!MediaSource.isTypeSupported(type)) {
      this.#fail(`This browser cannot show ${codecsOf(type)}; it is recorded all the same.`, true);
      return;
    }
    const source = new MediaSource();
    this.#source = source;
    this.#type = type;
    this.#seen = { time: -1, at: 0 };
    this.#url = URL.createObjectURL(source);
    source.addEventListener('sourceopen', () => {
      if (source !== this.#source) return;
      this.#buffer = source.addSourceBuffer(this.#type);
      this.#buffer.addEventListener('updateend', () => this.#updated());
      this.#feed();
    }, { once: true });
    this.#video.src = this.#url;
    this.#video.muted = true;
    void this.#video.play().catch(() => {});
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  add(bytes) {
    if (!this.#source) return;
    this.#queue.push(bytes);
    // A browser that takes nothing any more is not fed without end.
    if (this.#queue.length > Queued) this.#giveUp('The browser is too busy to show the picture.');
    else this.#feed();
  }

  /** @param {number} media Seconds. @param {number} wall Milliseconds since 1970. */
  setClock(media, wall) {
    this.#clock = { media, wall };
  }

  /** When the picture that is shown was captured, in milliseconds since 1970; null while none is. */
  get shownAt() {
    return this.#clock && this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
      ? this.#clock.wall + (this.#video.currentTime - this.#clock.media) * 1000
      : null;
  }

  end() {
    if (!this.#source) return;
    [this.#source, this.#buffer, this.#queue, this.#clock] = [null, null, [], null];
    this.#video.removeAttribute('src');
    this.#video.load();
    URL.revokeObjectURL(this.#url);
  }

  /** Keeps close to the newest media; call it a few times a second. */
  follow() {
    const { buffered, error } = this.#video;
    if (error && this.#source) {
      this.#giveUp(`The picture cannot be shown (${error.message || error.code}).`);
      return;
    }
    if (!this.#buffer || buffered.length === 0) return;
    const end = buffered.end(buffered.length - 1);
    const begin = buffered.start(buffered.length - 1);
    if (this.#video.currentTime < begin) this.#video.currentTime = begin;
    const { rate, jump } = follow(end - this.#video.currentTime, this.#video.playbackRate);
    if (jump !== null) this.#video.currentTime = Math.max(begin, end - jump);
    if (this.#video.playbackRate !== rate) this.#video.playbackRate = rate;
    if (this.#video.paused) void this.#video.play().catch(() => {});
    this.#watchProgress(end);
  }

  /** @param {number} end Of the buffer. */
  #watchProgress(end) {
    const [time, now] = [this.#video.currentTime, performance.now() / 1000];
    if (time !== this.#seen.time || end - time < 0.5) this.#seen = { time, at: now };
    else if (now - this.#seen.at > Stalled) this.#giveUp('The picture stood still.');
  }

  /** @param {string} sentence */
  #giveUp(sentence) {
    this.end();
    this.#fail(sentence, false);
  }

  #updated() {
    const { buffered, currentTime } = this.#video;
    if (this.#buffer && !this.#buffer.updating && buffered.length > 0 && currentTime - buffered.start(0) > 2 * KeptBehind) {
      this.#buffer.remove(buffered.start(0), currentTime - KeptBehind);
      return;
    }
    this.#feed();
  }

  #feed() {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating) return;
    const bytes = this.#queue.shift();
    if (!bytes) return;
    try {
      buffer.appendBuffer(bytes);
    } catch (failed) {
      this.#giveUp(`The picture cannot be shown (${failed instanceof Error ? failed.message : failed}).`);
    }
  }
}

/** @param {string} type */
function codecsOf(type) {
  return /codecs="?([^"]*)"?/.exec(type)?.[1] ?? type;
}
