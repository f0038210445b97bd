import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsOf } from '../../src/Recorder.Node/wwwroot/app/review/parts.js';
import { describe } from '../../src/Recorder.Node/wwwroot/app/timeline/lanes.js';
import { Longest, placeOf, reveal, Shortest, ticksOf, timeAt, zoom } from '../../src/Recorder.Node/wwwroot/app/timeline/scale.js';

const Day = 86_400_000;
const Noon = Date.parse('2026-12-01T12:00:00Z');

test('Zooming keeps the moment under the pointer where it is, from ten seconds to a year', () => {
  let view = { from: Noon, to: Noon + 31 * Day };
  const around = timeAt(view, 1000, 250);
  for (let i = 0; i < 40; i++) view = zoom(view, around, 0.7);
  assert.ok(Math.abs(placeOf(view, 1000, around) - 250) < 0.01);
  assert.ok(Math.abs(view.to - view.from - Shortest) < 1);
  for (let i = 0; i < 60; i++) view = zoom(view, around, 2);
  assert.ok(Math.abs(view.to - view.from - Longest) < 1);
});

test('A view moves only when the moment is near its edge', () => {
  const view = { from: Noon, to: Noon + 100_000 };
  assert.equal(reveal(view, Noon + 50_000), view);
  assert.deepEqual(reveal(view, Noon + 99_000), { from: Noon + 4000, to: Noon + 104_000 });
  assert.deepEqual(reveal(view, Noon - 1000), { from: Noon - 6000, to: Noon + 94_000 });
});

test('Ticks are at full hours and midnights of the zone', () => {
  const hours = ticksOf({ from: Noon, to: Noon + 10 * 3_600_000 }, 1000, 330);
  assert.ok(hours.every(({ at }) => (at + 330 * 60_000) % hours[0].step === 0));
  assert.ok(hours.length >= 5 && hours.length <= 12);
  assert.equal(ticksOf({ from: Noon, to: Noon + 31 * Day }, 1000, 60)[0].at, Date.parse('2026-12-02T23:00:00Z'));
});

test('A selection across a gap is one part of the recording, and another recording is another part', () => {
  const pieces = [
    { from: Noon, to: Noon + 10_000, key: 'hall~1', mediaTime: 5 },
    { from: Noon + 20_000, to: Noon + 30_000, key: 'hall~1', mediaTime: 15 },
    { from: Noon + 40_000, to: Noon + 50_000, key: 'hall~2', mediaTime: 0 },
  ];
  assert.deepEqual(partsOf('hall', pieces, Noon + 2000, Noon + 45_000), [
    { key: 'hall~1', begin: '7.000', end: '25.000', name: 'hall_20261201T120002.mp4' },
    { key: 'hall~2', begin: '0.000', end: '5.000', name: 'hall_20261201T120040.mp4' },
  ]);
  assert.deepEqual(partsOf('hall', pieces, Noon + 11_000, Noon + 19_000), []);
});

test('What is at a moment is said in words, also of what is narrower than a pointer', () => {
  const lane = {
    recorder: 'hall', pieces: [], holds: [], gaps: [{ from: Noon, to: Noon + 10, cause: 'sourceLost', detail: 'No packet came for 3 s.', count: 1 }],
    marks: [{ at: Noon + 60_000, label: 'goal', count: 1 }], takes: [{ from: Noon, to: Noon + Day, id: 't', name: '12A T3', rating: 'none' }],
  };
  const words = () => 'source lost';
  assert.equal(describe(lane, Noon - 400, 500, words), 'Gap: source lost. No packet came for 3 s.');
  assert.equal(describe(lane, Noon + 60_300, 500, words), 'Mark: goal');
  assert.equal(describe(lane, Noon + 120_000, 500, words), 'Take 12A T3');
  assert.equal(describe(lane, Noon - 5000, 500, words), '');
});
