import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forecastOf } from '../../src/Recorder.Node/wwwroot/app/nodes/forecast.js';
import { definitionOf, isFound, valuesOf } from '../../src/Recorder.Node/wwwroot/app/recorders/definition.js';

test('A new recorder is sent with what the user wrote and nothing else', () => {
  assert.deepEqual(definitionOf({ id: ' hall ', source: 'test:', preRoll: '2,5', 'retention.maxAge': '7' }), {
    id: 'hall', source: 'test:', preRoll: 2500, retention: { maxAge: 604_800_000 },
  });
});

test('Of a recorder that exists only what changed is sent: its source is shown without its password', () => {
  const before = valuesOf({ id: 'hall', source: 'rtsp://***@cam/1', labels: { floor: '2' }, preRoll: 5000, mimeType: '' });
  assert.deepEqual(definitionOf({ ...before, preRoll: '' }, before), { preRoll: null });
  assert.deepEqual(definitionOf({ ...before }, before), {});
});

test('A label that is gone from the text is removed', () => {
  const before = valuesOf({ id: 'hall', source: 'test:', labels: { floor: '2', wing: 'east' } });
  assert.deepEqual(definitionOf({ ...before, labels: 'floor: 3' }, before), { labels: { floor: '3', wing: null } });
});

test('What is no number is left for the API to refuse', () => {
  assert.deepEqual(definitionOf({ source: 'test:', timeslice: 'soon' }), { source: 'test:', timeslice: 'soon' });
});

test('A recorder is found by all words of its name and labels, and by its state', () => {
  const hall = { id: 'hall-1', labels: { floor: '2' } };
  assert.ok(isFound(hall, 'rec', { find: 'HALL floor:2', status: '' }));
  assert.ok(!isFound(hall, 'rec', { find: 'hall floor:3', status: '' }));
  assert.ok(!isFound(hall, 'rec', { find: '', status: 'lost' }));
});

test('The disk of a node is full when the first of its recorders has no room left', () => {
  const tile = (/** @type {any} */ more) => ({ id: 'a', state: /** @type {const} */ ('recording'), status: /** @type {const} */ ('rec'), node: 'n1', ...more });
  const tiles = [tile({ bitRate: 1e6, secondsLeft: 900 }), tile({ bitRate: 2e6, secondsLeft: 600, status: 'lost' }), tile({ node: 'n2', bitRate: 5e6, secondsLeft: 1 }), tile({})];
  assert.deepEqual(forecastOf(tiles, 'n1'), { bitRate: 3e6, secondsLeft: 600, troubled: 1 });
  assert.deepEqual(forecastOf([tile({})], 'n1'), { bitRate: 0, secondsLeft: null, troubled: 0 });
});
