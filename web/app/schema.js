// SPDX-License-Identifier: Apache-2.0
// What the page keeps of each feed. Names are the server's; their order comes with its hello.

export const FLAGS = ['SWEEP', 'ISO', 'COMPLEX', 'SPREAD', 'CROSS', 'FLOOR', 'AUCTION', 'OPENING',
  'CLOSING', 'LATE', 'CANCEL', 'FILL'];

/** @type {Record<string, import('./ring.js').Kind>} */
const gap = { gapTo: 'number', gapRows: 'number' };

/** @type {Record<string, Record<string, import('./ring.js').Kind>>} */
export const COLUMNS = {
  opt: {
    ts: 'number', sym: 'word', exp: 'word', strike: 'number', right: 'word', price: 'number',
    size: 'number', bid: 'number', ask: 'number', side: 'word', notional: 'number', iv: 'number',
    spot: 'number', ex: 'word', conds: 'flags', signal: 'flags', trace_id: 'text', ...gap,
  },
  eq: {
    ts: 'number', sym: 'word', price: 'number', size: 'number', bid: 'number', ask: 'number',
    side: 'word', ex: 'word', off: 'flags', trace_id: 'text', ...gap,
  },
  sm: {
    ts: 'number', sym: 'word', profile: 'word', direction: 'word', probability: 'number',
    reasons: 'text', event_id: 'text', prints: 'number', notional: 'number', abstained: 'flags',
    ...gap,
  },
  pk: {
    ts: 'number', sym: 'word', contract: 'text', span: 'number', prints: 'number', size: 'number',
    notional: 'number', buy: 'number', sell: 'number', coverage: 'number', structure: 'word',
    legs: 'number', quality: 'word', packet_id: 'text', ...gap,
  },
  al: {
    ts: 'number', sym: 'word', severity: 'word', score: 'number', profile: 'word', direction: 'word',
    reason: 'word', event_id: 'text', ...gap,
  },
};

/** The column that names a row for good. */
export const IDS = { opt: 'trace_id', eq: 'trace_id', sm: 'event_id', pk: 'packet_id', al: 'event_id' };

/** Age above which a feed that should run is called stale, ms. */
export const STALE_MS = { opt: 5000, eq: 5000, sm: 15000, pk: 15000, al: 15000 };
