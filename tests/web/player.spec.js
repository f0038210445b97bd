import assert from 'node:assert/strict';
import { test } from 'node:test';
import { correct, MasterClock, NEAR, SEEK_BEYOND } from '../../src/Recorder.Node/wwwroot/app/player/master-clock.js';
import { segmentsOf, typeOf } from '../../src/Recorder.Node/wwwroot/app/player/mp4.js';
import { Lane, mediaTimeOf, noticeOf, wallOf } from '../../src/Recorder.Node/wwwroot/app/player/pieces.js';

const first = { from: 10_000, to: 20_000, key: 'a~1', mediaTime: 5 };
const second = { from: 30_000, to: 40_000, key: 'a~2', mediaTime: 0 };
const lost = { from: 20_000, to: 30_000, cause: 'sourceLost', detail: 'The camera was away.' };

/** @param {readonly import('../../src/Recorder.Node/wwwroot/app/player/pieces.js').Piece[]} pieces */
function laneOf(pieces, gaps = [lost]) {
  const lane = new Lane();
  lane.set(pieces, gaps);
  return lane;
}

test('A moment has its place on the timeline of its recording, and back', () => {
  const { piece, until } = laneOf([second, first]).at(12_500);
  assert.equal(piece?.key, 'a~1');
  assert.equal(until, 20_000);
  assert.equal(mediaTimeOf(first, 12_500), 7.5);
  assert.equal(wallOf(first, 7.5), 12_500);
});

test('A moment in a gap names its cause, and one before and after everything names none', () => {
  const lane = laneOf([first, second]);
  assert.equal(noticeOf(lane.at(20_000)), 'No recording: source lost');
  assert.equal(lane.at(25_000).until, 30_000);
  assert.equal(noticeOf(lane.at(5_000)), 'No recording');
  assert.deepEqual(lane.at(40_000), { piece: null, gap: null, until: Infinity });
  assert.equal(noticeOf(lane.at(15_000)), '');
});

test('A gap whose edges lack media is found up to the media around it', () => {
  const lane = laneOf([first, second], [{ ...lost, from: 20_400, to: 29_500 }]);
  assert.equal(lane.at(20_100).gap?.cause, 'sourceLost');
});

test('Of pieces that overlap, the later one begins behind the earlier one, at the same place of its recording', () => {
  const lane = laneOf([first, { from: 18_000, to: 25_000, key: 'b~1', mediaTime: 1 }, { from: 12_000, to: 13_000, key: 'c~1', mediaTime: 0 }]);
  assert.deepEqual(lane.pieces, [first, { from: 20_000, to: 25_000, key: 'b~1', mediaTime: 3 }]);
  assert.equal(lane.next(10_000)?.key, 'b~1');
  assert.equal(lane.next(20_000), null);
});

test('The clock runs at its rate, and stands still while any angle waits', () => {
  const clock = new MasterClock(1_000);
  clock.play(0);
  assert.equal(clock.at(100), 1_100);
  clock.hold('left', true, 100);
  clock.hold('right', true, 150);
  clock.hold('left', false, 200);
  assert.equal(clock.at(300), 1_100);
  assert.ok(clock.isWaiting && clock.isPlaying);
  clock.hold('right', false, 300);
  clock.setRate(2, 400);
  assert.equal(clock.at(500), 1_400);
  clock.pause(500);
  assert.equal(clock.at(900), 1_400);
});

test('J and L become faster with each press, the other key turns, and K stops', () => {
  const clock = new MasterClock(0);
  const rates = ['l', 'l', 'l', 'j', 'j', 'k', 'l'].map(key => {
    clock.shuttle(/** @type {'j' | 'k' | 'l'} */ (key), 0);
    return clock.isPlaying ? clock.rate : 0;
  });
  assert.deepEqual(rates, [1, 2, 4, -1, -2, 0, 1]);
  for (let i = 0; i < 9; i++) clock.shuttle('j', 0);
  assert.equal(clock.rate, -16);
  assert.equal(clock.isPlayed, false);
});

test('An angle that is a little off is nudged towards the clock, one that is far off is moved', () => {
  assert.deepEqual(correct(NEAR, 1), { seek: false, rate: 1 });
  assert.ok(correct(60, 1).rate < 1 && correct(-60, 1).rate > 1);
  assert.ok(correct(-SEEK_BEYOND, 2).rate <= 2.5);
  assert.ok(correct(SEEK_BEYOND + 1, 1).seek);
});

test('An angle that is nudged is in step within three seconds, however far it was off', () => {
  for (const off of [-499, -200, -40, 33, 300, 499]) {
    let ahead = off;
    for (let time = 0; time < 3_000; time += 16) ahead += (correct(ahead, 1).rate - 1) * 16;
    assert.ok(Math.abs(ahead) <= NEAR + 1, `${off} ms became ${ahead} ms`);
  }
});

test('The codecs of a file are read out of its header', () => {
  const avc = box('avc1', new Uint8Array(78), box('avcC', Uint8Array.of(1, 0x64, 0, 0x1f)));
  const aac = box('mp4a', new Uint8Array(28), box('esds', Uint8Array.of(0, 0, 0, 0, 3, 25, 0, 1, 0, 4, 17, 0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 0x11, 0x90)));
  assert.equal(typeOf(fileOf(avc, aac)), 'video/mp4; codecs="avc1.64001f,mp4a.40.2"');
  assert.equal(typeOf(fileOf(box('hvc1', new Uint8Array(78), box('hvcC', Uint8Array.of(1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93))))), 'video/mp4; codecs="hvc1.1.6.L93.90"');
  assert.equal(typeOf(fileOf(box('av01', new Uint8Array(78), box('av1C', Uint8Array.of(0x81, 0x04, 0, 0))))), 'video/mp4; codecs="av01.0.04M.08"');
  assert.equal(typeOf(fileOf(box('Opus', new Uint8Array(28)))), 'audio/mp4; codecs="opus"');
  assert.equal(typeOf(box('ftyp', new Uint8Array(8))), null);
  assert.equal(typeOf(fileOf(avc).subarray(0, 60)), null);
});

/** @param {string} type @param {...Uint8Array} parts */
function box(type, ...parts) {
  const size = 8 + parts.reduce((sum, each) => sum + each.length, 0);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, size);
  bytes.set([...type].map(letter => letter.charCodeAt(0)), 4);
  let at = 8;
  for (const each of parts) {
    bytes.set(each, at);
    at += each.length;
  }
  return bytes;
}

/** @param {...Uint8Array} entries */
function fileOf(...entries) {
  const traks = entries.map(entry => box('trak', box('mdia', box('minf', box('stbl', box('stsd', new Uint8Array(8), entry))))));
  const [ftyp, moov] = [box('ftyp', new Uint8Array(8)), box('moov', ...traks)];
  const file = new Uint8Array(ftyp.length + moov.length);
  file.set(ftyp);
  file.set(moov, ftyp.length);
  return file;
}

const fragment = [box('moof', Uint8Array.of(1, 2, 3)), box('mdat', Uint8Array.of(4, 5))];

test('A file that arrives in any parts is cut behind its header and behind whole fragments', async () => {
  const file = [box('ftyp', new Uint8Array(4)), box('moov', new Uint8Array(9)), ...fragment, ...fragment].flatMap(each => Array.from(each));
  for (const size of [1, 5, 13, 40, 1000]) {
    const parts = [];
    for await (const segment of segmentsOf(arriving(Uint8Array.from(file), size))) parts.push([...segment]);
    assert.deepEqual(parts[0], file.slice(0, 29), 'the header');
    assert.deepEqual(parts.flat(), file, 'nothing is lost');
    assert.ok(parts.slice(1).every(bytes => String.fromCharCode(...bytes.slice(4, 8)) === 'moof'), 'each begins with a fragment');
  }
});

test('A fragment of which the end is missing is left out', async () => {
  const file = [box('moov', new Uint8Array(9)), ...fragment].flatMap(each => Array.from(each));
  const parts = [];
  for await (const segment of segmentsOf(arriving(Uint8Array.from(file).slice(0, -1), 8))) parts.push(segment.length);
  assert.deepEqual(parts, [17]);
});

/**
 * @param {Uint8Array} bytes
 * @param {number} size
 * @yields {Uint8Array} Parts of them.
 */
async function* arriving(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}
