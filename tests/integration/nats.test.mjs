// SPDX-License-Identifier: Apache-2.0
// The same system as separate processes over a real nats-server, read and steered by a client of
// another language; then everything is killed in turn.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {connect, StringCodec} from 'nats';
import {freePort, program, run, serve, sleep, startNatsServer, startService, temporary, until, web} from '../lib/system.mjs';

const text = StringCodec();
const services = ['ingest-options', 'ingest-equities', 'compute', 'recorder'];
const raw = {OPTIONS_PRINTS: 'option_print', OPTIONS_NBBO: 'option_nbbo', EQUITY_PRINTS: 'equity_print', EQUITY_QUOTES: 'equity_quote'};

describe('separate processes over NATS', () => {
  const data = temporary(), store = temporary(), token = 'integration-token-0123456789';
  let natsPort, apiPort, webPort, nats, client, jsm, js;
  const running = {};

  const startNats = async () => { nats = await startNatsServer(natsPort, store); };
  const service = (name, extra = []) => {
    const env = {SYNTHETIC_CONTROL_ENABLED: '1', NEXT_PUBLIC_SYNTHETIC_ADMIN: '1', SYNTHETIC_ADMIN_TOKEN: token};
    const bus = name === 'web' ? ['--api-url', `http://127.0.0.1:${apiPort}`, '--web', web] : ['--nats', `nats://127.0.0.1:${natsPort}`];
    running[name] = startService(program, [name, '--data', data, ...bus, ...extra], env);
    return running[name];
  };
  const get = async (path) => {
    const answer = await fetch(`http://127.0.0.1:${webPort}${path}`);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };
  const lastOf = async (stream) => {
    const {subject} = {subject: (await jsm.streams.info(stream)).config.subjects[0]};
    return JSON.parse(text.decode((await jsm.streams.getMessage(stream, {last_by_subj: subject})).data));
  };
  /** GET of a service's own port, as its log line tells it. */
  const ask = async (name, path) => {
    const port = running[name].err.match(/metrics on http:\/\/127\.0\.0\.1:(\d+)/)[1];
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return {status: answer.status, text: await answer.text()};
  };
  /** One figure of a service's /metrics; label as `subject="flow.packets"`. */
  const figure = async (name, metric, label = '') => {
    const {text: page} = await ask(name, '/metrics');
    const line = page.split('\n').find((one) => one.startsWith(`tapeloom_${metric}{service="${name}"${label && ','}${label}}`));
    assert.ok(line, `${name}: no ${metric} ${label} in\n${page}`);
    return Number(line.split(' ').at(-1));
  };
  /** Every message of a stream, in order. */
  const readAll = async (stream) => {
    const {state} = await jsm.streams.info(stream);
    const all = [];
    const consumer = await js.consumers.get(stream);
    for (let empty = 0; all.length < state.messages && empty < 3;) { // a batch may time out on a busy machine
      const batch = await consumer.fetch({max_messages: Math.min(2000, state.messages - all.length), expires: 5000});
      let got = 0;
      for await (const message of batch) { all.push(text.decode(message.data)); got++; }
      if (got === 0) empty++;
    }
    return all.flatMap((line) => { try { return [JSON.parse(line)]; } catch { return []; } }); // an earlier test's junk
  };

  before(async () => {
    [natsPort, apiPort, webPort] = [await freePort(), await freePort(), await freePort()];
    await startNats();
    for (const name of services) service(name, ['--metrics-port', '0']);
    service('api', ['--port', String(apiPort)]);
    service('web', ['--port', String(webPort)]);
    client = await connect({servers: `127.0.0.1:${natsPort}`, maxReconnectAttempts: -1, reconnectTimeWait: 200});
    js = client.jetstream();
    jsm = await client.jetstreamManager();
    const ended = () => Object.values(running).some((one) => one.ended);
    await until('both tapes', async () => ended() || (await get('/prints/equities')).data.length > 20 &&
      (await get('/prints/options?view=raw')).data.length > 5);
    assert.ok(!ended(), 'a service ended at its start; its last words stand above');
  });
  after(async () => {
    await client?.close();
    for (const one of Object.values(running)) await one.stop();
    await nats?.stop();
  });

  test('streams are as the contract says', async () => {
    const names = ['OPTIONS_PRINTS', 'OPTIONS_NBBO', 'EQUITY_PRINTS', 'EQUITY_QUOTES', 'OPTIONS_SIGNAL_PRINTS', 'EQUITY_CANDLES',
      'EQUITY_JOINS', 'INFERRED_DARK', 'FLOW_PACKETS', 'SMART_MONEY_EVENTS', 'CLASSIFIER_HITS', 'ALERTS'];
    for (const name of names) {
      const {config} = await jsm.streams.info(name);
      const derived = !(name in raw);
      assert.equal(config.max_age, (derived ? 43200000 : 3600000) * 1e6, name);
      assert.equal(config.max_bytes, derived ? 268435456 : 536870912, name);
      assert.equal(config.retention, 'limits');
      assert.equal(config.storage, 'file');
      assert.equal(config.discard, 'old');
    }
  });

  test('a client reads the control, writes a preset, and both tapes turn at the same second', async () => {
    const bucket = await js.views.kv('synthetic_control');
    const entry = await bucket.get('global');
    const state = entry.json();
    assert.equal(state.preset_id, 'balanced_demo');
    const revision = await bucket.update('global', JSON.stringify({...state, preset_id: 'retail_chase', updated_by: 'a client'}), entry.revision);
    const admin = async () => (await fetch(`http://127.0.0.1:${webPort}/api/admin/synthetic/status`)).json();
    const status = await until('both services report the revision', async () => {
      const now = await admin();
      const applied = now.applied && Object.values(now.applied);
      return applied?.length === 2 && applied.every((one) => one.revision === revision) && now;
    });
    assert.equal(status.control.preset_id, 'retail_chase');
    const [first, second] = Object.values(status.applied);
    assert.equal(first.effective_second, second.effective_second);
  });

  test('a malformed control value is refused and the tape goes on', async () => {
    const bucket = await js.views.kv('synthetic_control');
    const good = (await bucket.get('global')).string();
    await bucket.put('global', '{"preset_id": "balanced_demo", ');
    await bucket.put('global', JSON.stringify({...JSON.parse(good), surprise: 1}));
    await sleep(2500);
    for (const stream of ['EQUITY_PRINTS', 'OPTIONS_NBBO'])
      await until(`fresh events in ${stream}`, async () => Date.now() - (await lastOf(stream)).ts < 3000);
    await bucket.put('global', good);
    for (const name of services) assert.equal(running[name].ended, null, name);
  });

  test('malformed messages on every subject stop nobody', async () => {
    for (const subject of ['options.prints', 'options.prints.signal', 'options.nbbo', 'equities.prints', 'equities.quotes', 'flow.packets',
      'flow.smart_money', 'equities.candles', 'equities.joins', 'dark.inferred', 'flow.classifier_hits', 'flow.alerts']) {
      for (const junk of ['', '{', 'null', '[]', '{"ts":1e999}', '{"ts":"x"}', '\u0000\u0001', '{"a":'.repeat(500)])
        await js.publish(subject, text.encode(junk));
    }
    await sleep(1500);
    for (const [name, one] of Object.entries(running)) assert.equal(one.ended, null, `${name}: ${one.err.slice(-500)}`);
    await until('fresh prints', async () => Date.now() - (await get('/prints/equities')).data[0].ts < 3000);
    // The junk is the newest message of each raw stream for a moment; later events follow it.
    await until('events after the junk', async () => (await lastOf('OPTIONS_NBBO')).ts > 0);
  });

  test('every service tells its health and its figures on a port of its own', async () => {
    for (const name of services) {
      assert.deepEqual(await ask(name, '/health'), {status: 200, text: '{"status":"ok"}'}, name);
      const {text: page} = await ask(name, '/metrics');
      for (const line of page.trim().split('\n'))
        assert.match(line, /^(# (HELP|TYPE) tapeloom_[a-z_]+ .+|tapeloom_[a-z_]+\{service="[a-z-]+"(,[a-z]+="[a-z_.]+")?\} -?\d+)$/);
      assert.equal(await figure(name, 'service_bus_connected'), 1, name);
    }
    // What the others say they published is what the server has, or was a moment ago.
    for (const [name, subject, stream] of [['ingest-equities', 'equities.prints', 'EQUITY_PRINTS'], ['ingest-options', 'options.nbbo', 'OPTIONS_NBBO'],
      ['compute', 'equities.joins', 'EQUITY_JOINS']]) {
      await until(`${name} counts what ${stream} holds`, async () => {
        const low = await figure(name, name === 'compute' ? 'compute_published_total' : 'ingest_published_total', `subject="${subject}"`);
        const {messages} = (await jsm.streams.info(stream)).state;
        const junk = 8; // the test above
        return low > 20 && low <= messages && messages - junk <= low + 3000;
      });
    }
    await until('options less than 3 s behind', async () => await figure('ingest-options', 'ingest_behind_ms') < 3000);
    assert.ok(await figure('ingest-options', 'ingest_control_revision') >= 3);
    // Its 12 subjects got 8 junk messages each; the newest rows are in the store.
    assert.equal(await figure('recorder', 'recorder_malformed_total', 'subject="flow.alerts"'), 8);
    assert.equal(await figure('compute', 'compute_malformed_total', 'consumer="options.nbbo"'), 8);
    assert.ok(await figure('recorder', 'recorder_rows_total') > 100);
    assert.ok(await figure('recorder', 'recorder_commit_us_max') >= await figure('recorder', 'recorder_commit_us'));
  });

  test('kill -9 of an ingest service: after a restart every event of the session is there, none twice', async () => {
    const before = await jsm.streams.info('EQUITY_PRINTS');
    assert.ok(before.state.messages > 0);
    await running['ingest-equities'].stop('SIGKILL');
    await running['ingest-options'].stop('SIGKILL');
    await sleep(5000);
    const gap = Date.now();
    service('ingest-equities');
    service('ingest-options');
    await until('both tapes again', async () => (await lastOf('EQUITY_PRINTS')).ts > gap && (await lastOf('OPTIONS_NBBO')).ts > gap);
    await sleep(1500);
    await until('caught up', async () => Date.now() - (await lastOf('OPTIONS_NBBO')).ts < 2000);
    // What must be there: the same window from the generator, under the same control log.
    const history = [];
    const bucket = await js.views.kv('synthetic_control');
    for await (const entry of await bucket.history({key: 'global'})) {
      let state = null;
      try { state = entry.json(); } catch { /* the malformed one */ }
      if (state && !('surprise' in state))
        history.push({effective_second: history.length ? Math.ceil(entry.created.getTime() / 1000) + 1 : 0, control: state});
      if (entry.delta === 0) break;
    }
    const streams = {};
    for (const name of Object.keys(raw)) streams[name] = (await readAll(name)).filter((event) => event?.trace_id?.startsWith('synthetic-'));
    const begin = Math.max(...Object.values(streams).map((events) => Math.floor(events[0].ts / 1000))) + 2;
    const end = gap / 1000 | 0;
    const {writeFileSync} = await import('node:fs');
    const log = `${data}/expected-log.json`;
    writeFileSync(log, JSON.stringify(history));
    const day = new Date(begin * 1000).toISOString();
    const wanted = await run(['generate', '--at', day, '--minutes', String((end - begin) / 60), '--calendar', 'continuous',
      '--mode', 'realistic', '--control-log', log, '--format', 'wire']);
    assert.equal(wanted.code, 0, wanted.err);
    const expected = {option_print: [], option_nbbo: [], equity_print: [], equity_quote: []};
    const kind = {'synthetic-options-': 'option_print', 'synthetic-nbbo-': 'option_nbbo', 'synthetic-equities-': 'equity_print', 'synthetic-equity-quote-': 'equity_quote'};
    for (const line of wanted.out.trim().split('\n')) {
      const event = JSON.parse(line);
      expected[kind[event.trace_id.replace(/\d+$/, '')]].push(event);
    }
    for (const [stream, name] of Object.entries(raw)) {
      const strip = ({ingest_ts, ...rest}) => JSON.stringify(rest);
      const got = streams[stream].filter((event) => event.ts >= begin * 1000 && event.ts < end * 1000).map(strip);
      assert.ok(got.length > 50, `${stream}: ${got.length}`);
      assert.equal(new Set(got).size, got.length, `${stream}: none twice`);
      const want = expected[name].filter((event) => event.ts >= begin * 1000 && event.ts < end * 1000).map(strip);
      assert.equal(got.length, want.length, stream);
      assert.deepEqual(got.slice().sort(), want.slice().sort(), stream);
    }
  });

  test('kill -9 of nats-server: all recover by themselves and nothing stored is lost', async () => {
    const before = (await get('/prints/equities')).data[0];
    const stored = (await jsm.streams.info('EQUITY_PRINTS')).state.last_seq;
    await nats.stop('SIGKILL');
    await until('a health that says so', async () => (await ask('recorder', '/health')).status === 503);
    assert.equal((await ask('recorder', '/health')).text, '{"status":"bus unreachable"}');
    await sleep(2000);
    await startNats();
    await until('a health that is well again', async () => (await ask('recorder', '/health')).status === 200);
    await until('the client again', async () => (await jsm.streams.info('EQUITY_PRINTS')).state.last_seq > stored);
    await until('fresh prints at the API', async () => Date.now() - (await get('/prints/equities')).data[0].ts < 3000);
    const page = await get(`/history/equities?before_ts=${before.ts + 1}&before_seq=0&limit=200`);
    assert.ok(page.data.some((print) => print.trace_id === before.trace_id), 'what was stored is still there');
    for (const [name, one] of Object.entries(running)) assert.equal(one.ended, null, name);
  });

  test('kill -9 of compute and of api: the others go on, history is whole', async () => {
    const before = (await get('/prints/equities')).data[0];
    await running.compute.stop('SIGKILL');
    await running.api.stop('SIGKILL');
    const away = await fetch(`http://127.0.0.1:${webPort}/prints/equities`);
    assert.equal(away.status, 502);
    assert.equal((await fetch(`http://127.0.0.1:${webPort}/`)).status, 200);
    service('compute');
    service('api', ['--port', String(apiPort)]);
    await until('the API again', async () => Date.now() - (await get('/prints/equities')).data[0].ts < 3000);
    const page = await get(`/history/equities?before_ts=${before.ts + 1}&before_seq=0&limit=200`);
    assert.ok(page.data.some((print) => print.trace_id === before.trace_id));
  });
});

test('serve --nats auto starts everything, and its own nats-server', async () => {
  const system = await serve(['--nats', 'auto']);
  await until('both tapes', async () => (await system.json('/prints/equities')).data.length > 20 &&
    (await system.json('/prints/options?view=raw')).data.length > 5);
  const {code} = await system.stop();
  assert.equal(code, 0, system.err.slice(-1000));
});
