// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, changeText, overlay, readControl, valueWords } from '../app/control-model.js';
import { World, answer, control, status } from './fake_control.mjs';

const FIELDS = ['preset_id', 'coverage_assist', 'coverage_window_minutes', 'shared_seed',
  'profile_weights', 'updated_at', 'updated_by'];

// --- writing -------------------------------------------------------------------------------------

test('three edits within 200 ms are one PUT of the whole state, 250 ms after the last', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day' });
  await world.advance(100);
  world.store.edit({ preset_id: 'dealer_day' });
  await world.advance(100);
  world.store.edit({ 'profile_weights.arbitrage': 1.6 });
  await world.advance(249);
  assert.equal(world.puts.length, 0);
  await world.advance(1);
  assert.equal(world.puts.length, 1);
  const { body, headers, at } = world.puts[0];
  assert.equal(at, 450);
  assert.deepEqual(Object.keys(body), FIELDS);
  assert.equal(body.preset_id, 'dealer_day');
  assert.equal(body.profile_weights.arbitrage, 1.6);
  assert.equal(body.profile_weights.vol_seller, 1);
  assert.equal(body.updated_by, 'internal-ui');
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['if-match'], '"1"');
});

test('the view is the server with what is in flight and what is pending on top', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day', coverage_assist: false });
  await world.advance(250);
  world.store.edit({ preset_id: 'quiet_range' });
  const { view } = world.store;
  assert.deepEqual([view.preset_id, view.coverage_assist], ['quiet_range', false]);
  assert.equal(world.store.server.preset_id, 'balanced_demo');
});

test('edits during a slow PUT are sent after its answer; the last choice is what the server ends with', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day' });
  await world.advance(250);
  world.store.edit({ preset_id: 'dealer_day' });
  await world.advance(1000);
  assert.equal(world.puts.length, 1, 'never two at once');
  world.store.edit({ preset_id: 'retail_chase' });
  await world.advance(1000);
  assert.equal(world.puts.length, 1);
  await world.accept({}, '"2"');
  assert.equal(world.puts.length, 2, 'due at once: its 250 ms are long over');
  assert.equal(world.puts[1].body.preset_id, 'retail_chase');
  assert.equal(world.puts[1].headers['if-match'], '"2"');
  await world.accept({}, '"3"');
  assert.equal(world.store.view.preset_id, 'retail_chase');
  assert.equal(world.store.server.preset_id, 'retail_chase');
});

test('an edit just before the answer still waits its 250 ms', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day' });
  await world.advance(300);
  world.store.edit({ preset_id: 'dealer_day' });
  await world.accept();
  await world.advance(249);
  assert.equal(world.puts.length, 1);
  await world.advance(1);
  assert.equal(world.puts.length, 2);
});

test('the footer says Unsaved, Saving…, Saved with the time, then Applied', async () => {
  const world = await World.loaded();
  assert.equal(world.store.footer, 'Saved');
  world.store.edit({ preset_id: 'event_day' });
  assert.equal(world.store.footer, 'Unsaved');
  assert.equal(world.store.dot, 'busy');
  await world.advance(250);
  assert.equal(world.store.footer, 'Saving…');
  await world.accept();
  assert.equal(world.store.footer, 'Saved 14:00:00 · applying…');
  assert.equal(world.store.dot, '');
  await world.advance(5000);
  assert.match(world.store.footer, /applying/, 'the ingest services still report the old revision');
  const second = Math.floor(world.wallStart / 1000) + 2;
  world.status = { ...world.status, applied: { options: { revision: 2, effective_second: second }, equities: { revision: 1, effective_second: 1 } } };
  await world.advance(5000);
  assert.match(world.store.footer, /applying/, 'one of two is not enough');
  world.status = { ...world.status, applied: { options: { revision: 2, effective_second: second }, equities: { revision: 2, effective_second: second } } };
  await world.advance(5000);
  assert.equal(world.store.footer, 'Saved 14:00:00 · Applied 14:00:02');
});

const failures = {
  'a 500': (put) => put.answer(500, { error: 'x' }),
  'a refused payload': (put) => put.answer(400, { error: 'invalid synthetic control payload' }),
  'no network': (put) => put.fail(),
  'an answer that is no JSON': (put) => put.answer(200, '<html>'),
  'an answer without a control': (put) => put.answer(200, {}),
};
for (const [name, fail] of Object.entries(failures)) {
  test(name + ' rolls the fields back at once and says so in their section', async () => {
    const world = await World.loaded();
    world.store.edit({ preset_id: 'event_day' });
    await world.advance(250);
    assert.equal(world.store.view.preset_id, 'event_day');
    fail(world.puts[0]);
    await world.settle();
    assert.equal(world.store.view.preset_id, 'balanced_demo');
    assert.match(world.store.alerts.preset.text, /^Preset not saved: .+\. Back to Balanced Demo\.$/);
    assert.equal(world.store.word, 'Not saved');
    assert.equal(world.store.dot, 'error');
  });
}

test('a store that rejects the write is told in these words', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day' });
  await world.advance(250);
  world.puts[0].answer(500, {});
  await world.settle();
  assert.equal(world.store.alerts.preset.text, 'Preset not saved: control store rejected the write. Back to Balanced Demo.');
});

test('no answer within 4 s is a failure, and the request is given up', async () => {
  const world = await World.loaded();
  world.store.edit({ coverage_assist: false });
  await world.advance(250 + 3999);
  assert.equal(world.store.saving, true);
  await world.advance(1);
  assert.equal(world.store.saving, false);
  assert.equal(world.puts[0].aborted, true);
  assert.equal(world.store.view.coverage_assist, true);
  assert.equal(world.store.alerts.coverage.text, 'Coverage not saved: no answer within 4 s. Back to assist on.');
});

test('a rollback keeps a newer edit of another field and of the same field', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day', 'profile_weights.arbitrage': 0.6 });
  await world.advance(250);
  world.store.edit({ coverage_window_minutes: 30, preset_id: 'quiet_range' });
  world.puts[0].answer(500, {});
  await world.settle();
  const { view, alerts } = world.store;
  assert.equal(view.preset_id, 'quiet_range');
  assert.equal(view.coverage_window_minutes, 30);
  assert.equal(view.profile_weights.arbitrage, 1);
  assert.equal(alerts.bias.text, 'Profile bias not saved: control store rejected the write. Back to Arbitrage Normal.');
  assert.doesNotMatch(alerts.preset.text, /Back to/, 'a newer choice stands, nothing went back');
  await world.advance(250);
  assert.equal(world.puts[1].body.preset_id, 'quiet_range');
  assert.equal(world.puts[1].body.coverage_window_minutes, 30);
});

test('Retry sends the same values again; success clears the alert, Dismiss does too', async () => {
  const world = await World.loaded();
  world.store.edit({ 'profile_weights.retail_whale': 1.6 });
  await world.advance(250);
  world.puts[0].answer(500, {});
  await world.settle();
  world.store.retry('bias');
  assert.deepEqual(world.store.alerts, {});
  assert.equal(world.store.view.profile_weights.retail_whale, 1.6);
  await world.advance(250);
  await world.accept();
  assert.equal(world.store.word, 'Saved');

  world.store.edit({ preset_id: 'event_day' });
  await world.advance(250);
  world.puts[2].answer(500, {});
  await world.settle();
  world.store.dismiss('preset');
  assert.deepEqual(world.store.alerts, {});
});

test('the next success of a section clears its alert and leaves that of another', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day', coverage_assist: false });
  await world.advance(250);
  world.puts[0].answer(500, {});
  await world.settle();
  assert.deepEqual(Object.keys(world.store.alerts).sort(), ['coverage', 'preset']);
  world.store.edit({ coverage_assist: false });
  await world.advance(250);
  await world.accept();
  assert.deepEqual(Object.keys(world.store.alerts), ['preset']);
});

test('412 takes the current state and says what it is now; Retry builds on it', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day' });
  await world.advance(250);
  const theirs = control({ preset_id: 'quiet_range', coverage_window_minutes: 30, updated_at: 5000, updated_by: 'cli' });
  world.puts[0].answer(412, { error: 'control was changed', control: theirs }, '"7"');
  await world.settle();
  assert.equal(world.store.view.preset_id, 'quiet_range');
  assert.equal(world.store.alerts.preset.text,
    'Preset not saved: someone else changed the settings first. Now Quiet Range.');
  world.store.retry('preset');
  await world.advance(250);
  assert.equal(world.puts[1].headers['if-match'], '"7"');
  assert.equal(world.puts[1].body.coverage_window_minutes, 30);
  assert.equal(world.puts[1].body.preset_id, 'event_day');
});

test('412 without a readable state is read again at once', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day' });
  await world.advance(250);
  world.status = status({ control: control({ preset_id: 'dealer_day', updated_at: 9000, updated_by: 'cli' }) });
  const before = world.polls.length;
  world.puts[0].answer(412, '');
  await world.settle();
  assert.equal(world.polls.length, before + 1);
  assert.equal(world.store.view.preset_id, 'dealer_day');
});

test('a PUT that timed out but was stored loses its alert at the next poll', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day' });
  await world.advance(4250);
  assert.ok(world.store.alerts.preset);
  world.status = status({ control: control({ preset_id: 'event_day', updated_at: 6000, updated_by: 'internal-ui' }), revision: 2 });
  world.etag = '"2"';
  await world.advance(5000);
  assert.deepEqual(world.store.alerts, {});
  assert.equal(world.store.foreign, '');
  assert.equal(world.store.word, 'Saved');
});

test('leaving the page sends what is pending with keepalive, once', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day' });
  world.store.flush();
  world.store.flush();
  await world.advance(1000);
  assert.equal(world.puts.length, 1);
  assert.equal(world.puts[0].keepalive, true);
  assert.equal(world.puts[0].body.preset_id, 'event_day');
});

test('leaving the page during a PUT sends the rest without naming a revision', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day' });
  await world.advance(250);
  world.store.edit({ coverage_assist: false });
  world.store.flush();
  assert.equal(world.puts[0].keepalive, true);
  assert.deepEqual([world.puts[1].body.preset_id, world.puts[1].body.coverage_assist], ['event_day', false]);
  assert.equal(world.puts[1].headers['if-match'], undefined);
});

// --- polling -------------------------------------------------------------------------------------

test('polls start every 5 s, one at a time, however long an answer takes', async () => {
  const world = await World.loaded();
  await world.advance(15000);
  assert.deepEqual(world.polls.map((p) => p.at), [0, 5000, 10000, 15000]);
  world.auto = false;
  await world.advance(7000); // the one at 20 s waits for its answer
  assert.deepEqual(world.polls.map((p) => p.at), [0, 5000, 10000, 15000, 20000]);
  world.polls.at(-1).answer(200, world.status, '"1"');
  await world.advance(3000);
  assert.equal(world.polls.at(-1).at, 25000);
});

test('a poll without an answer is given up after 3 s', async () => {
  const world = await World.loaded();
  world.auto = false;
  await world.advance(5000 + 2999);
  assert.equal(world.store.failures, 0);
  await world.advance(1);
  assert.equal(world.store.failures, 1);
  assert.equal(world.polls.at(-1).aborted, true);
});

test('a hidden tab does not poll; a visible one polls at once', async () => {
  const world = await World.loaded();
  await world.advance(1000);
  world.store.setHidden(true);
  await world.advance(60000);
  assert.equal(world.polls.length, 1);
  world.store.setHidden(false);
  await world.settle();
  assert.equal(world.polls.length, 2);
  await world.advance(5000);
  assert.equal(world.polls.length, 3);
});

test('opening the drawer polls at once, but not beside a poll on its way', async () => {
  const world = await World.loaded();
  await world.advance(2000);
  world.store.pollNow();
  await world.settle();
  assert.equal(world.polls.length, 2);
  world.auto = false;
  await world.advance(5000);
  world.store.pollNow();
  world.store.pollNow();
  assert.equal(world.polls.length, 3);
});

test('a poll that began before a PUT, or overlaps one, does not overwrite the control', async () => {
  const world = await World.loaded();
  world.auto = false;
  await world.advance(5000); // the poll is on its way with the old state
  const poll = world.polls.at(-1);
  world.store.edit({ preset_id: 'event_day' });
  await world.advance(250);
  await world.accept();
  poll.answer(200, status({ control: control({ updated_at: 999999999999999 }), derived: { regime: 'trend_up' } }), '"1"');
  await world.settle();
  assert.equal(world.store.view.preset_id, 'event_day');
  assert.equal(world.store.live.derived.regime, 'trend_up', 'its derived state is used');
  assert.equal(world.store.foreign, '');
  assert.equal(world.store.etag, '"2"');
});

test('a poll touches neither pending nor fields in flight', async () => {
  const world = await World.loaded();
  await world.advance(4900);
  world.store.edit({ preset_id: 'event_day' });
  world.status = status({ control: control({ preset_id: 'quiet_range', coverage_assist: false, updated_at: 2000, updated_by: 'cli' }) });
  await world.advance(100);
  assert.equal(world.store.view.preset_id, 'event_day');
  assert.equal(world.store.view.coverage_assist, false);
});

test('a change by someone else is told with name and time', async () => {
  const world = await World.loaded();
  const when = Date.UTC(2026, 10, 20, 19, 1, 7);
  world.status = status({ control: control({ preset_id: 'quiet_range', updated_at: when, updated_by: 'night desk' }) });
  await world.advance(5000);
  assert.equal(world.store.foreign, 'Changed by night desk at 14:01:07');
  assert.equal(world.store.view.preset_id, 'quiet_range');
  world.store.edit({ preset_id: 'event_day' });
  assert.equal(world.store.foreign, '');
});

test('one failed poll keeps the data and says delayed; the third says since when and how often', async () => {
  const world = await World.loaded();
  world.auto = false;
  const fail = async () => { world.polls.at(-1).fail(); await world.settle(); };
  await world.advance(5000);
  await fail();
  assert.deepEqual(world.store.notice, { title: 'Status delayed', text: 'Control service unreachable.', line: '' });
  assert.equal(world.store.old, false);
  assert.equal(world.store.editable, true);
  await world.advance(5000);
  await fail();
  await world.advance(5000);
  await fail();
  assert.equal(world.polls.at(-1).at, 15000);
  assert.equal(world.store.old, true);
  assert.equal(world.store.notice.title, 'Control service unreachable.');
  assert.match(world.store.notice.text, /^Status unavailable since 14:00:05\. Retrying every \d+ s\. Values shown may be old\.$/);
  assert.equal(world.store.editable, true, 'a PUT may still work');
  assert.equal(world.store.dot, 'error');
});

test('polls back off on failure, tell the true interval, and come back to 5 s', async () => {
  const world = await World.loaded();
  world.auto = false;
  const starts = [];
  for (let i = 0; i < 7; i++) {
    await world.advance(world.store.interval);
    starts.push(world.polls.at(-1).at);
    world.polls.at(-1).answer(502, {});
    await world.settle();
    assert.ok(world.store.notice.text.includes('every ' + world.store.interval / 1000 + ' s') || !world.store.old);
  }
  assert.deepEqual(starts, [5000, 10000, 15000, 25000, 45000, 75000, 105000]);
  world.auto = true;
  await world.advance(30000);
  assert.equal(world.store.notice, null);
  const at = world.polls.at(-1).at;
  await world.advance(5000);
  assert.equal(world.polls.at(-1).at, at + 5000);
});

const sentences = [
  [404, { error: 'not found' }, 'This server has synthetic control switched off.'],
  [401, { error: 'unauthorized' }, 'This server may not change synthetic settings. Check the admin token.'],
  [403, {}, 'This server may not change synthetic settings. Check the admin token.'],
  [500, { error: 'synthetic admin proxy misconfigured' }, 'Admin proxy is not configured.'],
  [502, '', 'Control service unreachable.'],
  [504, '<html>', 'Control service unreachable.'],
  [200, '<html>', 'The status answer could not be read.'],
  [200, {}, 'The status answer could not be read.'],
  [200, '{"enabled":tr', 'The status answer could not be read.'],
  [200, null, 'The status answer could not be read.'],
];
for (const [code, body, title] of sentences) {
  test(`a first answer ${code} ${JSON.stringify(body)} is told as: ${title}`, async () => {
    const world = new World();
    world.auto = false;
    world.store.start();
    world.polls[0].answer(code, body);
    await world.settle();
    assert.equal(world.store.notice.title, title);
    assert.equal(world.store.view, null);
    assert.equal(world.store.editable, false);
    assert.equal(world.store.word, 'Read only');
    world.store.edit({ preset_id: 'event_day' }); // nothing happens, nothing breaks
    await world.advance(1000);
    assert.equal(world.puts.length, 0);
    world.auto = true;
    await world.advance(5000);
    assert.equal(world.store.notice, null);
    assert.equal(world.store.editable, true);
  });
}

test('409 disables with the reason and the adapters, keeps the last known control, and recovers', async () => {
  const world = await World.loaded();
  const good = world.status;
  world.auto = false;
  await world.advance(5000);
  world.polls.at(-1).answer(409, { error: 'synthetic backend unavailable', enabled: false, backend_mode: 'mixed',
    adapters: { options: 'synthetic', equities: 'alpaca' }, control: null, derived: null,
    disabled_reason: 'one adapter is not synthetic' });
  await world.settle();
  assert.deepEqual(world.store.notice, { title: 'Synthetic control unavailable', text: 'one adapter is not synthetic',
    line: 'Backend: Mixed · Options: synthetic · Equities: alpaca' });
  assert.equal(world.store.editable, false);
  assert.equal(world.store.view.preset_id, 'balanced_demo');
  assert.equal(world.store.dot, 'off');
  assert.equal(world.store.footer, 'Read only');
  world.auto = true;
  world.status = good;
  await world.advance(5000);
  assert.equal(world.store.editable, true);
  assert.equal(world.store.announcement, 'Synthetic control available again.');
});

test('a status that is not enabled in a 200 answer disables too', async () => {
  const world = new World();
  world.status = status({ enabled: false, backend_mode: 'live', disabled_reason: 'neither adapter is synthetic' });
  world.store.start();
  await world.settle();
  assert.equal(world.store.notice.text, 'neither adapter is synthetic');
  assert.equal(world.store.editable, false);
});

test('no sentence holds what the service said about itself', async () => {
  const world = await World.loaded();
  world.store.edit({ preset_id: 'event_day' });
  await world.advance(250);
  world.puts[0].answer(500, { error: 'token=SECRET at http://10.0.0.1/admin', stack: 'x.c:1' });
  await world.settle();
  assert.doesNotMatch(JSON.stringify(world.store.alerts), /SECRET|10\.0|x\.c/);
});

// --- model ---------------------------------------------------------------------------------------

test('unknown ids are kept and sent back as they came', () => {
  const odd = control({ preset_id: 'lunar_new_year', coverage_window_minutes: 45 });
  odd.profile_weights.arbitrage = 1.3;
  const read = readControl(odd);
  assert.equal(JSON.parse(bodyOf(read)).preset_id, 'lunar_new_year');
  assert.equal(valueWords(read, ['preset_id', 'coverage_window_minutes', 'profile_weights.arbitrage']),
    'lunar_new_year, 45 min, Arbitrage 1.3×');
});

test('laying a patch over a control leaves the control as it was', () => {
  const base = control();
  const over = overlay(base, { 'profile_weights.arbitrage': 0.6 }, { 'profile_weights.arbitrage': 1.6 });
  assert.equal(over.profile_weights.arbitrage, 1.6);
  assert.equal(base.profile_weights.arbitrage, 1);
});

test('a control with a field missing or of the wrong type is not taken', () => {
  for (const field of FIELDS) {
    const { [field]: dropped, ...rest } = control();
    assert.equal(readControl(rest), null, field);
    assert.equal(readControl({ ...rest, [field]: [] }), null, field);
  }
  assert.equal(readControl(null), null);
  assert.equal(readControl([]), null);
  assert.ok(answer(200, {}));
});

test('a recorded change reads as words, whatever its fields are', () => {
  assert.equal(changeText({ changes: [{ field: 'preset_id', from: 'balanced_demo', to: 'event_day' }, { field: 'profile_weights.arbitrage', from: 1, to: 1.6 }] }),
    'Preset Balanced Demo → Event Day, Arbitrage Normal → High');
  assert.equal(changeText({ changes: [{ field: 'coverage_assist', from: true, to: false }, { field: 'coverage_window_minutes', from: 20, to: 30 }] }),
    'Assist on → off, Window 20 min → 30 min');
  assert.equal(changeText({ changes: [{ field: 'moon', from: null, to: 'full' }] }), 'moon null → full');
  assert.equal(changeText({ changes: null }), 'first known state');
  assert.equal(changeText({ changes: [] }), 'saved again, nothing changed');
});
