import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf, lengthOf, nameOf, readinessOf, skewOf } from '../../src/Recorder.Node/wwwroot/app/takes/take.js';

/** @param {object} more @returns {any} */
const angle = more => ({ recorder: 'a', camera: 'a', angle: 'A', state: 'recording', detail: '', ...more });

test('The skew of an angle is written in milliseconds and frames, with its uncertainty', () => {
  assert.equal(skewOf(angle({ offset: -640.4, offsetFrames: -8.04, uncertainty: 39.6 })), '-640 ms (-8 f) ± 40 ms');
  assert.equal(skewOf(angle({ offset: 12 })), '+12 ms');
  assert.equal(skewOf(angle({})), '');
});

test('A clock that drifts or jumps is named', () => {
  assert.equal(clockOf(angle({ times: { clock: 'sender', drift: 0.2 } })), 'its own clock');
  assert.equal(clockOf(angle({ times: { clock: 'arrival', drift: -41, jump: { by: 700 } } })), 'times of arrival, drift -41 ms, its clock jumped by 700 ms');
});

test('A take is named by its slate, and lasts until it ends', () => {
  const take = /** @type {any} */ ({ slate: { project: 'Film', scene: '12A', shot: 'wide', take: 3 }, at: '2026-12-01T12:00:00Z' });
  assert.equal(nameOf(take), 'Film, scene 12A wide take 3');
  assert.equal(lengthOf(take, Date.parse('2026-12-01T12:01:00Z')), 60_000);
  assert.equal(lengthOf({ ...take, endedAt: '2026-12-01T12:00:10Z' }, 0), 10_000);
  assert.equal(lengthOf({ ...take, at: undefined }, 5), 0);
});

test('Who is not ready, or missing, is named with the reason', () => {
  const hall = angle({ camera: 'hall', state: 'ready' });
  const off = angle({ camera: 'off', state: 'notReady', detail: 'Its source is lost.' });
  assert.equal(readinessOf(/** @type {any} */ ({ state: 'armed', angles: [hall] })), 'All 1 are ready.');
  assert.equal(readinessOf(/** @type {any} */ ({ state: 'armed', angles: [hall, off] })), '1 of 2 are ready. Not ready: off: Its source is lost.');
  assert.equal(readinessOf(/** @type {any} */ ({ state: 'recording', angles: [hall, { ...off, state: 'missing' }] })), 'Missing: off: Its source is lost.');
  assert.equal(readinessOf(/** @type {any} */ ({ state: 'recording', angles: [hall] })), '');
});
