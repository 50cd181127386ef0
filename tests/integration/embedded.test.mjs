// SPDX-License-Identifier: Apache-2.0
// The embedded default: one process, one port.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import WebSocket from 'ws';
import {busy, serve, sleep, until} from '../lib/system.mjs';

/** A time that is promised, and what is waited for on a busy machine. */
const within = async (what, ms, busyMs, probe) => until(what, probe, ms).catch((error) => {
  if (!busy()) throw error;
  return until(what, probe, busyMs);
});

describe('the whole system in one process', () => {
  let system;
  before(async () => { system = await serve(); });
  after(async () => { await system?.stop(); });

  /** First `count` messages of a socket. */
  function messages(path, count, timeout = 20000) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(system.address.replace('http', 'ws') + path), got = [];
      const timer = setTimeout(() => { socket.terminate(); reject(new Error(`${path}: ${got.length} of ${count} messages`)); }, timeout);
      socket.on('message', (bytes) => {
        got.push(JSON.parse(String(bytes)));
        if (got.length < count) return;
        clearTimeout(timer);
        socket.terminate();
        resolve(got);
      });
      socket.on('error', (error) => { clearTimeout(timer); reject(error); });
    });
  }

  test('both tapes move within 10 s of the start', async () => {
    for (const path of ['/prints/equities', '/prints/options?view=raw', '/quotes/equities', '/nbbo/options'])
      await within(path, 10000, 60000, async () => (await system.json(path)).data.length > 20);
    const first = (await system.json('/prints/equities')).data[0];
    await sleep(1500);
    const later = (await system.json('/prints/equities')).data[0];
    assert.ok(later.ts > first.ts, 'newest first, and newer a moment later');
    await within('a print of the last 3 s', 3000, 60000, async () => Math.abs(Date.now() - (await system.json('/prints/equities')).data[0].ts) < 3000);
  });

  test('health and metrics answer', async () => {
    assert.deepEqual(await system.json('/health'), {status: 'ok'});
    const text = await (await system.get('/metrics')).text();
    assert.match(text, /^# TYPE /m);
  });

  test('an option print carries its context', async () => {
    const {data} = await system.json('/prints/options?view=raw&limit=200');
    assert.ok(data.length > 0);
    for (const print of data) {
      assert.match(print.option_contract_id, /^[A-Z.]+-\d{4}-\d\d-\d\d-[\d.]+-[CP]$/);
      assert.match(print.trace_id, /^synthetic-options-\d+$/);
      assert.ok(print.price >= 0 && Number.isInteger(print.size) && print.size > 0);
      assert.ok(Math.abs(print.notional - print.price * print.size * 100) < 0.006);
      if (print.execution_nbbo_ts !== undefined) assert.ok(print.execution_nbbo_ts <= print.ts);
      assert.ok(['AA', 'A', 'MID', 'B', 'BB', 'MISSING', 'STALE'].includes(print.nbbo_side));
      assert.equal(typeof print.signal_pass, 'boolean');
    }
  });

  test('history pages backwards and replay forwards without a gap or a double', async () => {
    await until('300 prints', async () => (await system.json('/prints/equities?limit=300')).data.length === 300);
    const newest = (await system.json('/prints/equities?limit=1')).data[0];
    const back = [];
    for (let before = {ts: newest.ts, seq: newest.seq}; back.length < 250;) {
      const page = await system.json(`/history/equities?before_ts=${before.ts}&before_seq=${before.seq}&limit=60`);
      if (page.data.length === 0) break;
      back.push(...page.data);
      before = page.next_before;
    }
    const oldest = back[back.length - 1];
    const forth = [];
    for (let next = {ts: oldest.ts, seq: oldest.seq - 1}; next && forth.length < back.length;) {
      const page = await system.json(`/replay/equities?after_ts=${next.ts}&after_seq=${next.seq}&limit=70`);
      forth.push(...page.data.filter((print) => print.ts < newest.ts || (print.ts === newest.ts && print.seq < newest.seq)));
      if (page.data.some((print) => print.ts >= newest.ts && print.seq >= newest.seq)) break;
      next = page.next;
    }
    assert.deepEqual(forth.map((print) => print.trace_id), back.map((print) => print.trace_id).reverse());
    assert.equal(new Set(back.map((print) => print.trace_id)).size, back.length);
  });

  test('the sockets of both markets speak the contract', async () => {
    const types = {'/ws/equities': 'equity-print', '/ws/equity-quotes': 'equity-quote', '/ws/options-nbbo': 'option-nbbo'};
    for (const [path, type] of Object.entries(types)) {
      const got = await messages(path, 5);
      assert.deepEqual([...new Set(got.map((message) => message.type))], [type]);
      assert.ok(got.every((message) => message.payload.trace_id));
    }
  });

  test('smart-money events appear and agree on every endpoint', async () => {
    const live = messages('/ws/smart-money', 1, 60000);
    const {data} = await until('smart-money events', async () => {
      const answer = await system.json('/flow/smart-money');
      return answer.data.length >= 3 && answer;
    }, 60000);
    for (const event of data) {
      assert.equal(event.profile_scores.length, 6);
      assert.equal(event.primary_profile_id === null, event.abstained);
      assert.ok(event.member_print_ids.length >= 1 && event.packet_ids.length >= 1);
    }
    const [message] = await live;
    assert.equal(message.type, 'smart-money');
    const before = `before_ts=${data[0].source_ts + 1}&before_seq=0&limit=200`;
    const history = await system.json(`/history/smart-money?${before}`);
    assert.ok(history.data.some((event) => event.event_id === data[0].event_id));
    const replay = await system.json('/replay/smart-money?limit=1000');
    assert.ok(replay.data.some((event) => event.event_id === data[0].event_id));
  });

  test('the lab\'s panels hold numbers, the past of the session included, within 20 s of the start', async () => {
    const facts = await within('the lab', 20000, 90000, async () => {
      const answer = await system.json('/lab/facts');
      const memory = answer.panels.find((panel) => panel.id === 'memory');
      return answer.recomputed_until > 0 && memory.n > 300 && answer;
    });
    assert.deepEqual(facts.panels.map((panel) => panel.id), ['memory', 'tail', 'kurtosis', 'arrivals', 'day', 'smile', 'sides', 'coverage']);
    assert.ok(facts.names >= 30, `${facts.names} names`);
    assert.ok(Date.now() - facts.computed_at < (busy() ? 20000 : 8000));
    for (const panel of facts.panels) {
      assert.match(panel.word, /^(pass|watch|fail)$/);
      for (const number of panel.numbers) assert.ok(number.value === null || Number.isFinite(number.value), panel.id);
      for (const set of panel.sets) for (const series of set.series) assert.equal(series.y.length, set.x.length, panel.id);
    }
    for (const id of ['memory', 'tail', 'kurtosis', 'day']) {
      const {numbers} = facts.panels.find((panel) => panel.id === id);
      for (const number of numbers) assert.ok(number.value !== null && number.n >= number.n_min, `${id}: ${JSON.stringify(number)}`);
    }
    const later = await within('a newer one', 8000, 30000, async () => {
      const answer = await system.json('/lab/facts');
      return answer.computed_at > facts.computed_at && answer;
    });
    assert.ok(later.computed_at - facts.computed_at >= 4500);
  });

  test('a bad query says what is wrong', async () => {
    const answer = await system.get('/prints/options?limit=0');
    assert.equal(answer.status, 400);
    const body = await answer.json();
    assert.equal(body.error, 'invalid options query');
    assert.match(body.detail, /limit/);
    assert.equal((await system.get('/nothing')).status, 404);
  });

  test('the page is served with its headers, and without the token', async () => {
    const answer = await system.get('/');
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-security-policy'), /default-src 'self'/);
    assert.match(await answer.text(), /SYNTHETIC/);
  });
});
