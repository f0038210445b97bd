import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follow } from '../../src/Recorder.Node/wwwroot/app/live/latency.js';
import { arrange, isInTrouble, isShown, move, Patience, timeCodeOf } from '../../src/Recorder.Node/wwwroot/app/wall/tiles.js';

/** @param {string} id @param {Partial<import('../../src/Recorder.Node/wwwroot/app/wall/tiles.js').Tile>} [more] @returns {import('../../src/Recorder.Node/wwwroot/app/wall/tiles.js').Tile} */
const tile = (id, more) => ({
  id, labels: {}, node: 'n1', state: 'recording', status: 'rec', since: '2026-12-01T12:00:00Z', preview: false, bitRate: 0, dropsLastMinute: 0, ...more,
});
const Noon = Date.parse('2026-12-01T12:00:00Z');

test('A picture that is late catches up by its rate, and settles where it is wanted', () => {
  let [distance, rate, time] = [2, 1, 0];
  while (distance > 0.36 && time < 20) {
    ({ rate } = follow(distance, rate));
    distance -= (rate - 1) * 0.1;
    time += 0.1;
  }
  assert.ok(time < 8, `it takes ${time} s`);
  ({ rate } = follow(0.34, rate));
  assert.equal(rate, 1);
});

test('A picture that is seconds late jumps, and one that runs dry slows down until there is enough again', () => {
  assert.deepEqual(follow(60, 1), { rate: 1, jump: 0.35 });
  const { rate } = follow(0.08, 1);
  assert.ok(rate < 1);
  assert.equal(follow(0.25, rate).rate, rate, 'it does not change with each fragment');
  assert.equal(follow(0.4, rate).rate, 1);
});

test('A recorder is in trouble when it should record and does not, but not in its first seconds', () => {
  assert.deepEqual(['rec', 'idle', 'paused', 'lost', 'disk', 'away'].filter(status => isInTrouble(tile('a', { status: /** @type {any} */ (status) }), Noon)), ['lost', 'disk', 'away']);
  assert.equal(isInTrouble(tile('a', { status: 'waiting' }), Noon + Patience - 1), false);
  assert.equal(isInTrouble(tile('a', { status: 'waiting' }), Noon + Patience + 1), true);
});

test('Recorders are found by id, name, label and state', () => {
  const all = [tile('hall', { name: 'Great Hall', labels: { floor: 'ground' } }), tile('yard', { labels: { floor: 'outside' }, status: 'lost' })];
  const find = (/** @type {string} */ text, status = '') => all.filter(each => isShown(each, { text, status }, Noon)).map(each => each.id);
  assert.deepEqual(find(''), ['hall', 'yard']);
  assert.deepEqual(find('great'), ['hall']);
  assert.deepEqual(find('FLOOR=out'), ['yard']);
  assert.deepEqual(find('ground hall'), ['hall']);
  assert.deepEqual(find('', 'trouble'), ['yard']);
  assert.deepEqual(find('hall', 'lost'), []);
});

test('Tiles keep the order that they were given, and new ones come behind', () => {
  assert.deepEqual(arrange([tile('a'), tile('b'), tile('c'), tile('d')], ['c', 'a']).map(each => each.id), ['c', 'a', 'b', 'd']);
  assert.deepEqual(move(['a', 'b', 'c'], 'a', 'c'), ['b', 'c', 'a']);
  assert.deepEqual(move(['a', 'b', 'c'], 'c', 'a'), ['c', 'a', 'b']);
  assert.deepEqual(move(['a', 'b'], 'x', 'a'), ['a', 'b']);
});

test('A time code counts the frames of the rate, by the time of day of the zone', () => {
  assert.equal(timeCodeOf(Noon + 480, 25, 60), '13:00:00:12');
  assert.equal(timeCodeOf(Noon - 1, 12.5, 0), '11:59:59:12');
  assert.equal(timeCodeOf(Noon, 25, -780), '23:00:00:00');
});
