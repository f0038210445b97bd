import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBitRate, formatBytes, formatCount, formatDuration, formatSpan } from '../../src/Recorder.Node/wwwroot/app/ui/format.js';

test('Bytes are written in the unit that fits, and never as a thousand of the smaller one', () => {
  assert.deepEqual([0, 999, 999.6, 1500, 999_499, 999_500, 2.5e12].map(formatBytes), ['0 B', '999 B', '1.0 kB', '1.5 kB', '999 kB', '1.0 MB', '2.5 TB']);
});

test('Bit rates are written in kilobits until they are a megabit', () => {
  assert.deepEqual([128_000, 999_499, 4_200_000].map(formatBitRate), ['128 kbit/s', '999 kbit/s', '4.2 Mbit/s']);
});

test('Spans are written in two units at most', () => {
  assert.deepEqual([0, 59.4, 60, 3661, 90_061, -5].map(formatSpan), ['0 s', '59 s', '1 min', '1 h 1 min', '1 d 1 h', '0 s']);
});

test('Durations have hours only when there are any', () => {
  assert.deepEqual([0, 61_999, 3_723_000].map(formatDuration), ['00:00', '01:01', '1:02:03']);
});

test('One thing is no plural', () => {
  assert.deepEqual([formatCount(1, 'recorder'), formatCount(1200, 'recorder'), formatCount(2, 'entry', 'entries')], ['1 recorder', '1,200 recorders', '2 entries']);
});
