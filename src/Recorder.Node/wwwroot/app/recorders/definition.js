// What the form of a recorder says, as the API has it. Needs no DOM.

/** @typedef {Record<string, string>} FormValues By the names of the fields. */

/** The fields of the form, by the names that problems use. */
export const FieldNames = ['id', 'source', 'mimeType', 'labels', 'timeslice', 'preRoll', 'retention.maxAge', 'retention.maxBytes'];

/** Where a sentence of the API belongs that names no member. @type {readonly [RegExp, string][]} */
export const FieldHints = [
  [/maxAge/, 'retention.maxAge'],
  [/maxBytes|retention/i, 'retention.maxBytes'],
  [/label/i, 'labels'],
  [/already (exists|defined)|is defined|\bid\b/i, 'id'],
  [/may not be opened|source|scheme/i, 'source'],
  [/mime|codec|container/i, 'mimeType'],
];

const Day = 86_400_000;
const Gigabyte = 1e9;

/** @param {any} recorder As the API answers it. @returns {FormValues} */
export function valuesOf(recorder) {
  return {
    id: recorder.id,
    source: recorder.source,
    mimeType: recorder.mimeType ?? '',
    labels: Object.entries(recorder.labels ?? {}).map(([name, value]) => `${name}: ${value}`).join('\n'),
    timeslice: numberText(recorder.timeslice, 1000),
    preRoll: numberText(recorder.preRoll, 1000),
    'retention.maxAge': numberText(recorder.retention?.maxAge, Day),
    'retention.maxBytes': numberText(recorder.retention?.maxBytes, Gigabyte),
  };
}

/**
 * What to send: of an existing recorder only what the user changed, since its source is shown without its password.
 * @param {FormValues} values
 * @param {FormValues} [before] Absent for a new recorder.
 */
export function definitionOf(values, before) {
  /** @type {Record<string, any>} */
  const definition = {};
  const isChanged = (/** @type {string} */ name) => (values[name] ?? '').trim() !== (before?.[name] ?? '').trim();
  for (const name of ['id', 'source', 'mimeType']) {
    if (isChanged(name)) definition[name] = (values[name] ?? '').trim();
  }
  for (const name of ['timeslice', 'preRoll']) {
    if (isChanged(name)) definition[name] = scaled(values[name] ?? '', 1000);
  }
  if (isChanged('labels')) definition.labels = { ...namesOf(before?.labels ?? ''), ...labelsOf(values.labels ?? '') };
  const retention = { ...(isChanged('retention.maxAge') && { maxAge: scaled(values['retention.maxAge'] ?? '', Day) }),
    ...(isChanged('retention.maxBytes') && { maxBytes: scaled(values['retention.maxBytes'] ?? '', Gigabyte) }) };
  if (Object.keys(retention).length > 0) definition.retention = retention;
  return definition;
}

/** A merge patch removes a label by null. @param {string} text @returns {Record<string, null>} */
function namesOf(text) {
  return Object.fromEntries(Object.keys(labelsOf(text)).map(name => [name, null]));
}

/** @param {string} text Lines of 'name: value'. @returns {Record<string, string>} */
export function labelsOf(text) {
  return Object.fromEntries(text.split('\n').map(line => line.trim()).filter(line => line.length > 0).map(line => {
    const colon = line.indexOf(':');
    return colon < 0 ? [line, ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  }));
}

/** @param {number | null | undefined} value @param {number} unit */
function numberText(value, unit) {
  return value === null || value === undefined ? '' : String(value / unit);
}

/** What is no number goes to the API as it is, which says what is wrong with it. @param {string} text @param {number} unit */
function scaled(text, unit) {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return null;
  return Number.isFinite(Number(trimmed)) ? Math.round(Number(trimmed) * unit) : text;
}

/**
 * Whether a recorder is one that the filters ask for.
 * @param {{ id: string, labels?: Record<string, string> }} recorder
 * @param {string} status As the list shows it.
 * @param {{ find: string, status: string }} filters Words of `find` must all be in the id, or in a label as 'name:value'.
 */
export function isFound(recorder, status, { find, status: wanted }) {
  if (wanted !== '' && status !== wanted) return false;
  const words = find.toLowerCase().split(/\s+/).filter(word => word.length > 0);
  if (words.length === 0) return true;
  const texts = [recorder.id, ...Object.entries(recorder.labels ?? {}).map(([name, value]) => `${name}:${value}`)].map(text => text.toLowerCase());
  return words.every(word => texts.some(text => text.includes(word)));
}
