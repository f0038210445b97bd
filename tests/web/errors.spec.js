import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, sentenceOf, shareOut } from '../../src/Recorder.Node/wwwroot/app/api/errors.js';

const refused = (/** @type {string} */ detail) => new ApiError({ status: 400, name: 'TypeError', title: 'A value is of the wrong type.', detail });

test('A problem that names a member is shown at its field, as the API says it', () => {
  const detail = "'timeslice' must be a number of milliseconds, but is the string 'x'.";
  assert.deepEqual(shareOut(refused(detail), ['id', 'timeslice']), { fields: { timeslice: detail }, form: '' });
});

test('A problem of a part of a member is shown at the field of the whole', () => {
  const { fields } = shareOut(refused("'labels.hall' must be a string, but is 7."), ['labels']);
  assert.deepEqual(Object.keys(fields), ['labels']);
});

test('A problem that names no field of the form is shown above it, unless a hint says where it belongs', () => {
  const failed = refused('The folder of this file may not be opened.');
  assert.equal(shareOut(failed, ['id']).form, failed.message);
  assert.deepEqual(Object.keys(shareOut(failed, ['id', 'source'], [[/may not be opened/, 'source']]).fields), ['source']);
});

test('Whatever failed becomes a sentence', () => {
  assert.equal(sentenceOf(new Error('No.')), 'No.');
  assert.equal(sentenceOf('gone'), 'gone');
  assert.equal(new ApiError({ status: 500, name: 'UnknownError', title: 'The node failed.', detail: '' }).message, 'The node failed.');
});
