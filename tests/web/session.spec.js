import assert from 'node:assert/strict';
import { test } from 'node:test';
import { may, mayAll, session } from '../../src/Recorder.Node/wwwroot/app/api/session.js';

test('Nobody may anything before the node has said who is logged in', () => {
  session.set(null);
  assert.ok(!may('viewer'));
  session.set({ keys: true });
  assert.ok(!may('viewer'));
});

test('A role includes the ones before it', () => {
  session.set({ keys: true, role: 'operator' });
  assert.deepEqual([may('viewer'), may('operator'), may('admin')], [true, true, false]);
  assert.ok(mayAll('operator'));
});

test('A key of some recorders is for those only, and never for the whole node', () => {
  session.set({ keys: true, role: 'admin', recorders: ['hall-*', 'a.b'] });
  assert.deepEqual(['hall-1', 'hall', 'a.b', 'axb', 'x-hall-1'].map(id => may('admin', id)), [true, false, true, false, false]);
  assert.ok(!mayAll('viewer'));
});
