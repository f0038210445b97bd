// Why nothing was recorded: a colour and words for each cause. No DOM.

/** @type {Readonly<Record<string, { colour: string, words: string }>>} */
export const Causes = {
  sourceLost: { colour: '#c2185b', words: 'source lost' },
  packetLoss: { colour: '#e65100', words: 'packets lost on the network' },
  receiveOverrun: { colour: '#ef6c00', words: 'packets dropped by this machine' },
  recorderOverrun: { colour: '#f9a825', words: 'recorder overrun' },
  diskStalled: { colour: '#6d4c41', words: 'disk stalled' },
  diskFull: { colour: '#4e342e', words: 'disk full' },
  nodeDown: { colour: '#5e35b1', words: 'node down' },
  corrupt: { colour: '#00838f', words: 'media damaged' },
  trackChanged: { colour: '#2e7d32', words: 'track changed' },
  muted: { colour: '#607d8b', words: 'muted' },
  unknown: { colour: '#757575', words: 'unknown' },
};

/** @param {string} cause */
export const causeOf = cause => Causes[cause] ?? /** @type {{ colour: string, words: string }} */ (Causes.unknown);
