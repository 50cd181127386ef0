// SPDX-License-Identifier: Apache-2.0
// What a synthetic control state is, as the drawer needs it: labels, the flat fields an edit
// touches, reading an answer, the words of a failure. Pure.
//
// A patch is a flat object: {preset_id, coverage_assist, coverage_window_minutes,
// 'profile_weights.vol_seller', …}. Ids that are not known here are shown raw and sent back as they are.

import { age, regime, words } from './format.js';

export const PRESETS = [
  ['balanced_demo', 'Balanced Demo', 'Every profile appears; mixed regimes.'],
  ['event_day', 'Event Day', 'Event ramps lead; event-driven flow.'],
  ['dealer_day', 'Dealer Day', 'Dealer gamma leads; hedging flow.'],
  ['retail_chase', 'Retail Chase', 'Chasing, short-dated retail calls.'],
  ['quiet_range', 'Quiet Range', 'Calm, mean-reverting, arbitrage.'],
];
/** What a preset mostly draws. */
const OWN = { event_day: ['event_ramp'], dealer_day: ['dealer_gamma'], retail_chase: ['retail_chase'], quiet_range: ['mean_revert', 'arb_calm'] };
export const WINDOWS = [10, 20, 30];
export const WEIGHTS = [[0.6, 'Low', '0.6×'], [1, 'Normal', '1×'], [1.6, 'High', '1.6×']];
export const PROFILE_LABELS = {
  institutional_directional: 'Institutional', retail_whale: 'Retail whale',
  event_driven: 'Event driven', vol_seller: 'Vol seller', arbitrage: 'Arbitrage',
  hedge_reactive: 'Hedge reactive',
};
export const PROFILE_IDS = Object.keys(PROFILE_LABELS);
export const UPDATED_BY = 'internal-ui';
const WEIGHT = 'profile_weights.';

export const presetLabel = (id) => PRESETS.find((p) => p[0] === id)?.[1] ?? String(id);
export const presetLine = (id) => PRESETS.find((p) => p[0] === id)?.[2] ?? '';
/** The regime now, and when the preset's own may come. */
export function outlook(live, presetId) {
  const now = live?.derived?.regime;
  if (!now) return '';
  const { ts, regime_since: since } = live.session ?? {};
  const own = OWN[presetId];
  return 'Now ' + regime(now) + (ts >= since ? ', since ' + age(ts - since) : '') + (!own ? '.' : own.includes(now) ? ', the preset\'s own.'
    : '. Within 90 s of the choice, then every ten minutes or so, one is drawn: mostly ' + own.map(regime).join(' or ') + '.');
}
export const weightLabel = (value) => WEIGHTS.find((w) => w[0] === value)?.[1] ?? value + '×';
export const regimeLabel = (id) => (id ? regime(id) : '–');
export const phaseLabel = (id) => (id ? words(id) : '–');

export const SECTIONS = { preset: 'Preset', coverage: 'Coverage', bias: 'Profile bias' };
/** The section a field belongs to. */
export const sectionOf = (field) => (field === 'preset_id' ? 'preset'
  : field.startsWith(WEIGHT) ? 'bias' : 'coverage');

export const weightField = (profile) => WEIGHT + profile;
export const weightProfile = (field) => field.slice(WEIGHT.length);

/** The value of a flat field. */
export function fieldOf(control, field) {
  return field.startsWith(WEIGHT) ? control.profile_weights[weightProfile(field)] : control[field];
}

/** A control with patches laid over it, the last one on top; the argument is left as it is. */
export function overlay(control, ...patches) {
  const out = { ...control, profile_weights: { ...control.profile_weights } };
  for (const patch of patches) {
    for (const [field, value] of Object.entries(patch ?? {})) {
      if (field.startsWith(WEIGHT)) out.profile_weights[weightProfile(field)] = value;
      else out[field] = value;
    }
  }
  return out;
}

const finite = (n) => typeof n === 'number' && Number.isFinite(n);
const text = (s) => typeof s === 'string' && s.trim() !== '';

/** Whether an answer's control can be shown and sent back. Values of enums may be unknown. */
export function readControl(c) {
  if (c === null || typeof c !== 'object' || Array.isArray(c)) return null;
  if (!text(c.preset_id) || typeof c.coverage_assist !== 'boolean') return null;
  if (!finite(c.coverage_window_minutes) || !finite(c.shared_seed)) return null;
  if (!finite(c.updated_at) || !text(c.updated_by)) return null;
  const weights = c.profile_weights;
  if (weights === null || typeof weights !== 'object') return null;
  if (!PROFILE_IDS.every((id) => finite(weights[id]))) return null;
  return overlay(c);
}

/** What PUT sends: the whole state and nothing more. */
export function bodyOf(control) {
  return JSON.stringify({
    preset_id: control.preset_id,
    coverage_assist: control.coverage_assist,
    coverage_window_minutes: control.coverage_window_minutes,
    shared_seed: control.shared_seed,
    profile_weights: Object.fromEntries(PROFILE_IDS.map((id) => [id, control.profile_weights[id]])),
    updated_at: control.updated_at,
    updated_by: UPDATED_BY,
  });
}

/** The values of some fields in words, for "Back to …". */
export function valueWords(control, fields) {
  return fields.map((field) => {
    const value = fieldOf(control, field);
    if (field === 'preset_id') return presetLabel(value);
    if (field === 'coverage_assist') return 'assist ' + (value ? 'on' : 'off');
    if (field === 'coverage_window_minutes') return value + ' min';
    if (field.startsWith(WEIGHT)) return (PROFILE_LABELS[weightProfile(field)] ?? field) + ' ' + weightLabel(value);
    return String(value);
  }).join(', ');
}

const FIELD_LABELS = { preset_id: 'Preset', coverage_assist: 'Assist', coverage_window_minutes: 'Window', shared_seed: 'Seed' };

/** What one recorded change did: "Preset Balanced Demo → Event Day"; several are joined. */
export function changeText(record) {
  if (!Array.isArray(record?.changes)) return 'first known state';
  if (!record.changes.length) return 'saved again, nothing changed';
  return record.changes.map(({ field, from, to }) => {
    const name = String(field);
    const weight = name.startsWith(WEIGHT);
    const label = weight ? PROFILE_LABELS[weightProfile(name)] ?? name : FIELD_LABELS[name] ?? name;
    const show = (value) => (weight ? weightLabel(value) : name === 'preset_id' ? presetLabel(value)
      : name === 'coverage_assist' ? (value ? 'on' : 'off') : name === 'coverage_window_minutes' ? value + ' min' : String(value));
    return label + ' ' + show(from) + ' → ' + show(to);
  }).join(', ');
}

/** Why the settings cannot be had for good, until the server says otherwise; null: it may pass. */
export function refusal(status, body) {
  if (status === 404) return { id: 'off', title: 'This server has synthetic control switched off.' };
  if (status === 401 || status === 403)
    return { id: 'denied', title: 'This server may not change synthetic settings. Check the admin token.' };
  if (status === 500 && /misconfigured/.test(String(body?.error)))
    return { id: 'misconfigured', title: 'Admin proxy is not configured.' };
  return null;
}

/** What is wrong with a status poll that may go better next time. status 0: no answer at all. */
export function pollTrouble(status) {
  if (status === 0 || status === 502 || status === 503 || status === 504) return 'Control service unreachable.';
  if (status >= 200 && status < 300) return 'The status answer could not be read.';
  return 'The control service answered ' + status + '.';
}

/** Why a PUT was not saved. reason: 'network' | 'timeout' | 'unreadable' | 'status'. */
export function writeTrouble(reason, status, body) {
  if (reason === 'timeout') return 'no answer within 4 s';
  if (reason === 'network') return 'control service unreachable';
  if (reason === 'unreadable') return 'the answer could not be read';
  if (status === 400) return 'the server refused the values';
  if (status === 401 || status === 403) return 'this server may not change synthetic settings';
  if (status === 404) return 'synthetic control is switched off';
  if (status === 409) return 'synthetic backend unavailable';
  if (status === 412) return 'someone else changed the settings first';
  if (status === 413) return 'the request was too large';
  if (status === 502 || status === 503 || status === 504) return 'control service unreachable';
  if (refusal(status, body)) return 'the admin proxy is not configured';
  return 'control store rejected the write';
}

/** The lines of the notice for adapters that are not synthetic. */
export function backendLine(live) {
  const mode = words(live?.backend_mode ?? 'unknown');
  return 'Backend: ' + mode + ' · Options: ' + (live?.adapters?.options ?? '–') + ' · Equities: ' +
    (live?.adapters?.equities ?? '–');
}
