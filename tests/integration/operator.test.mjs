// SPDX-License-Identifier: Apache-2.0
// The operator's plane over real HTTP and a real nats-server: every row of its status table, its
// proxy, its record of changes, and how soon a change is in force in both ingest services.
import assert from 'node:assert/strict';
import {readdirSync, statSync} from 'node:fs';
import {createServer, request as httpRequest} from 'node:http';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import WebSocket from 'ws';
import {freePort, program, run, serve, sleep, startNatsServer, startService, temporary, until, web} from '../lib/system.mjs';

const token = 'operator-plane-token-d41d8cd98f00b204';
const STATUS = '/admin/synthetic/status', CONTROL = '/admin/synthetic/control';
const PROFILES = ['institutional_directional', 'retail_whale', 'event_driven', 'vol_seller', 'arbitrage', 'hedge_reactive'];
const state = (change = {}) => ({preset_id: 'balanced_demo', coverage_assist: true, coverage_window_minutes: 20, shared_seed: 11,
  profile_weights: Object.fromEntries(PROFILES.map((name) => [name, 1])), updated_at: 0, updated_by: 'test desk', ...change});

/** One request with exactly these headers: fetch would add and forbid some. */
function ask(port, method, path, {headers = {}, body = ''} = {}) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const sent = httpRequest({host: '127.0.0.1', port, method, path, agent: false,
      headers: {...headers, ...(body ? {'content-length': Buffer.byteLength(body)} : {})}}, (answer) => {
      let text = '';
      answer.on('data', (bytes) => { text += bytes; });
      answer.on('end', () => {
        let json = null;
        try { json = JSON.parse(text); } catch { /* a page */ }
        resolve({status: answer.statusCode, headers: answer.headers, raw: answer.rawHeaders.join('\n'), text, json, ms: performance.now() - began});
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('the operator plane over NATS', () => {
  const store = temporary(), data = temporary();
  const running = {}, ports = {};
  let nats, natsUrl;

  const startNats = async () => { nats = await startNatsServer(ports.nats, store); };
  const service = (name, flags = [], env = {}) => {
    const one = startService(program, [name, '--data', data, ...flags], env);
    running[`${name} ${Object.keys(running).length}`] = one;
    return one;
  };
  // The API's consumers have fixed names, so a bus has one API at a time.
  const api = async (env) => {
    const port = ports.api;
    const one = service('api', ['--nats', natsUrl, '--port', String(port)], env);
    await until('the API', async () => {
      if (one.ended) throw new Error(one.err);
      return (await ask(port, 'GET', '/health')).status === 200;
    }, 20000);
    return {port, one, ask: (method, path, options) => ask(port, method, path, options)};
  };
  /** Runs with an API of another environment in the place of the first. */
  const instead = async (env, body) => {
    await main.one.stop();
    const other = await api(env);
    await body(other);
    await other.one.stop();
    main = await api(on);
  };
  const page = async (apiUrl, env) => {
    const port = await freePort();
    const one = service('web', ['--port', String(port), '--web', web, ...(apiUrl ? ['--api-url', apiUrl] : [])], env);
    await until('the page', async () => (await ask(port, 'GET', '/')).status === 200);
    return {port, one, ask: (method, path, options) => ask(port, method, path, options)};
  };
  const on = {SYNTHETIC_CONTROL_ENABLED: 'yes', SYNTHETIC_ADMIN_TOKEN: token};
  const webOn = {NEXT_PUBLIC_SYNTHETIC_ADMIN: '1', SYNTHETIC_ADMIN_TOKEN: token};
  const bearer = {authorization: `Bearer ${token}`};
  const own = (port, more = {}) => ({origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json', ...more});
  const put = (port, body, more) => ask(port, 'PUT', `/api${CONTROL}`, {headers: own(port, more), body: JSON.stringify(body)});
  let main, front;

  before(async () => {
    ports.nats = await freePort();
    ports.api = await freePort();
    natsUrl = `nats://127.0.0.1:${ports.nats}`;
    await startNats();
    for (const name of ['ingest-options', 'ingest-equities']) {
      ports[name] = await freePort();
      service(name, ['--nats', natsUrl, '--metrics-port', String(ports[name])]);
    }
    main = await api(on);
    front = await page(`http://127.0.0.1:${main.port}`, webOn);
    await until('both ingest services', async () => {
      const {json} = await main.ask('GET', STATUS, {headers: bearer});
      return json.applied?.options && json.applied?.equities;
    }, 30000);
  });
  after(async () => {
    for (const one of Object.values(running)) await one.stop();
    await nats?.stop();
  });

  // --- CONTROL 3, row by row -------------------------------------------------------------------

  test('switched off, the endpoints are unknown paths, with the token or without', async () => {
    await instead({SYNTHETIC_CONTROL_ENABLED: 'off', SYNTHETIC_ADMIN_TOKEN: token}, async (off) => {
      const unknown = await off.ask('GET', '/no/such/path');
      for (const [method, path] of [['GET', STATUS], ['GET', CONTROL], ['PUT', CONTROL], ['GET', '/admin/synthetic/history']]) {
        for (const headers of [{}, bearer]) {
          const answer = await off.ask(method, path, {headers, body: method === 'PUT' ? JSON.stringify(state()) : ''});
          assert.equal(answer.status, 404);
          assert.equal(answer.text, '{"error":"not found"}');
          assert.equal(answer.text, unknown.text);
        }
      }
    });
  });

  test('enabled without a token, or with a word that is neither on nor off, the service refuses to start', async () => {
    for (const [env, said] of [[{SYNTHETIC_CONTROL_ENABLED: '1', SYNTHETIC_ADMIN_TOKEN: ''}, /SYNTHETIC_ADMIN_TOKEN is empty/],
      [{SYNTHETIC_CONTROL_ENABLED: 'maybe', SYNTHETIC_ADMIN_TOKEN: token}, /SYNTHETIC_CONTROL_ENABLED/]]) {
      const {code, err} = await run(['api', '--nats', natsUrl, '--port', '0', '--data', temporary()], env);
      assert.equal(code, 1);
      assert.match(err, said);
    }
  });

  test('no token or a wrong one is 401, the same whichever', async () => {
    for (const headers of [{}, {authorization: `Bearer ${token}x`}, {authorization: token}, {authorization: 'Bearer'}]) {
      for (const [method, path] of [['GET', STATUS], ['GET', CONTROL], ['PUT', CONTROL]]) {
        const answer = await main.ask(method, path, {headers, body: method === 'PUT' ? JSON.stringify(state()) : ''});
        assert.deepEqual([answer.status, answer.text], [401, '{"error":"unauthorized"}']);
      }
    }
  });

  test('an adapter that is not synthetic is 409 with every field of the status', async () => {
    for (const [options, equities, mode] of [['synthetic', 'alpaca', 'mixed'], ['databento', 'alpaca', 'live']]) {
      await instead({...on, OPTIONS_INGEST_ADAPTER: options, EQUITIES_INGEST_ADAPTER: equities}, async (other) => {
        for (const [method, path] of [['GET', STATUS], ['GET', CONTROL], ['PUT', CONTROL]]) {
          const answer = await other.ask(method, path, {headers: bearer, body: method === 'PUT' ? JSON.stringify(state()) : ''});
          assert.equal(answer.status, 409);
          const {disabled_reason: reason, ...rest} = answer.json;
          assert.deepEqual(rest, {error: 'synthetic backend unavailable', enabled: false, backend_mode: mode,
            adapters: {options, equities}, control: null, derived: null});
          assert.ok(reason.length > 5);
        }
      });
    }
  });

  test('status and control show the state, its revision as the ETag, and what both services have in force', async () => {
    const status = await main.ask('GET', STATUS, {headers: bearer});
    assert.equal(status.status, 200);
    const {enabled, backend_mode, adapters, control, derived, applied} = status.json;
    assert.deepEqual({enabled, backend_mode, adapters}, {enabled: true, backend_mode: 'synthetic', adapters: {options: 'synthetic', equities: 'synthetic'}});
    assert.deepEqual(Object.keys(control).sort(), Object.keys(state()).sort());
    await until('a derived state', async () => (await main.ask('GET', STATUS, {headers: bearer})).json.derived.regime !== null);
    assert.deepEqual(Object.keys(derived).sort(), ['coverage_window_minutes', 'focus_symbols', 'profile_hit_counts', 'regime', 'session_phase']);
    assert.deepEqual(Object.keys(derived.profile_hit_counts), PROFILES);
    for (const one of Object.values(applied)) assert.ok(one.revision >= 1 && one.effective_second > 0);
    const only = await main.ask('GET', CONTROL, {headers: bearer});
    assert.deepEqual(only.json, {control});
    assert.equal(only.headers.etag, `"${status.json.revision}"`);
  });

  test('a valid PUT answers with state, derived state and ETag; the record names who, when and what', async () => {
    const before = await main.ask('GET', CONTROL, {headers: bearer}), began = Date.now();
    const answer = await put(front.port, state({preset_id: 'dealer_day', coverage_window_minutes: 10, updated_by: 'desk A'}), {'if-match': before.headers.etag});
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.json), ['control', 'derived']);
    assert.equal(answer.json.control.preset_id, 'dealer_day');
    assert.equal(answer.json.derived.coverage_window_minutes, 10);
    assert.ok(answer.json.control.updated_at >= began && answer.json.control.updated_at <= Date.now());
    const {json} = await ask(front.port, 'GET', `/api${STATUS}`);
    assert.equal(answer.headers.etag, `"${json.revision}"`);
    const [newest] = json.recent_changes;
    assert.equal(newest.by, 'desk A');
    assert.equal(newest.revision, json.revision);
    assert.ok(Math.abs(newest.at - answer.json.control.updated_at) < 1000);
    assert.deepEqual(newest.changes, [{field: 'preset_id', from: before.json.control.preset_id, to: 'dealer_day'},
      {field: 'coverage_window_minutes', from: before.json.control.coverage_window_minutes, to: 10}]);
    const told = await run(['control', 'history', '--nats', natsUrl, '--json', '--limit', '1']);
    assert.equal(told.code, 0, told.err);
    assert.deepEqual(JSON.parse(told.out), newest);
  });

  test('an invalid PUT is 400 with its issues, and nothing is stored', async () => {
    const before = await main.ask('GET', CONTROL, {headers: bearer});
    for (const [body, path] of [['{', ''], ['[]', ''], [JSON.stringify({...state(), more: 1}), 'more'],
      [JSON.stringify(state({coverage_window_minutes: 15})), 'coverage_window_minutes'],
      [JSON.stringify(state({profile_weights: {...state().profile_weights, arbitrage: 2}})), 'profile_weights.arbitrage'],
      [JSON.stringify(state({updated_by: '  '})), 'updated_by']]) {
      const answer = await ask(front.port, 'PUT', `/api${CONTROL}`, {headers: own(front.port), body});
      assert.equal(answer.status, 400, body);
      assert.equal(answer.json.error, 'invalid synthetic control payload');
      assert.ok(answer.json.detail.length > 0);
      assert.ok(answer.json.issues.some((issue) => issue.path === path && issue.message), answer.text);
    }
    assert.equal((await main.ask('GET', CONTROL, {headers: bearer})).headers.etag, before.headers.etag);
  });

  test('If-Match of another revision is 412 with the current state, nothing stored', async () => {
    const before = await main.ask('GET', CONTROL, {headers: bearer});
    const answer = await put(front.port, state({shared_seed: 99}), {'if-match': '"999999"'});
    assert.equal(answer.status, 412);
    assert.deepEqual(answer.json.control, before.json.control);
    assert.equal(answer.headers.etag, before.headers.etag);
    assert.equal((await main.ask('GET', CONTROL, {headers: bearer})).headers.etag, before.headers.etag);
  });

  test('a body over 16 KiB is 413 at the API and at the proxy, one of exactly 16 KiB is taken', async () => {
    const good = JSON.stringify(state());
    const sized = (size) => good + ' '.repeat(size - good.length);
    for (const [port, path, headers] of [[main.port, CONTROL, bearer], [front.port, `/api${CONTROL}`, own(front.port)]]) {
      assert.equal((await ask(port, 'PUT', path, {headers, body: sized(16385)})).status, 413);
      assert.equal((await ask(port, 'PUT', path, {headers, body: sized(16384)})).status, 200);
    }
  });

  test('a PUT is seen by both ingest services within 300 ms at the median, and in force at the same second', async () => {
    const revision = async (name) => {
      const {text} = await ask(ports[name], 'GET', '/metrics');
      return Number(text.match(/^tapeloom_ingest_control_revision\{.*\} (\d+)$/m)[1]);
    };
    const delays = [];
    for (let i = 0; i < 15; i++) {
      const began = performance.now();
      const answer = await put(front.port, state({shared_seed: 11, coverage_window_minutes: [10, 20, 30][i % 3]}));
      const wanted = Number(answer.headers.etag.replaceAll('"', ''));
      for (const name of ['ingest-options', 'ingest-equities']) {
        while (await revision(name) < wanted) {
          if (performance.now() - began > 5000) assert.fail(`${name} has not seen revision ${wanted} after 5 s`);
          await sleep(3);
        }
      }
      delays.push(performance.now() - began);
      const {applied} = await until('both reports', async () => {
        const {json} = await main.ask('GET', STATUS, {headers: bearer});
        return Object.values(json.applied).every((one) => one.revision === wanted) && json;
      });
      assert.equal(applied.options.effective_second, applied.equities.effective_second);
      await sleep(60 * (i % 7)); // at all places within a second
    }
    delays.sort((a, b) => a - b);
    console.log(`PUT to both services: median ${delays[7].toFixed(0)} ms, slowest ${delays[14].toFixed(0)} ms`);
    assert.ok(delays[7] <= 300, `median ${delays[7]} ms`);
    const {applied} = (await main.ask('GET', STATUS, {headers: bearer})).json;
    assert.deepEqual([applied.options.late_controls, applied.equities.late_controls], [0, 0]);
  });

  // --- CONTROL 4 ------------------------------------------------------------------------------

  test('flag off: both routes are 404 and the page carries no gear and no drawer', async () => {
    const off = await page(`http://127.0.0.1:${main.port}`, {NEXT_PUBLIC_SYNTHETIC_ADMIN: 'true', SYNTHETIC_ADMIN_TOKEN: token});
    for (const [method, path] of [['GET', STATUS], ['GET', CONTROL], ['PUT', CONTROL]])
      assert.equal((await off.ask(method, `/api${path}`, {headers: own(off.port), body: method === 'PUT' ? '{}' : ''})).status, 404);
    assert.equal((await off.ask('GET', '/config.json')).json.synthetic_admin, false);
    for (const path of ['/', '/lab']) assert.doesNotMatch((await off.ask('GET', path)).text, /synthetic-(gear|drawer)|id="?gear/);
    await off.one.stop();
  });

  test('without token or API address 500, with the API down 502, with one that hangs an answer after 3 s', async () => {
    const misconfigured = '{"error":"synthetic admin proxy misconfigured"}';
    for (const [url, env] of [[`http://127.0.0.1:${main.port}`, {...webOn, SYNTHETIC_ADMIN_TOKEN: ''}], [null, {...webOn, NEXT_PUBLIC_API_URL: ''}]]) {
      const bad = await page(url, env);
      const answer = await bad.ask('GET', `/api${STATUS}`);
      assert.deepEqual([answer.status, answer.text], [500, misconfigured]);
      await bad.one.stop();
    }
    const down = await page(`http://127.0.0.1:${await freePort()}`, webOn);
    assert.equal((await down.ask('GET', `/api${STATUS}`)).status, 502);
    await down.one.stop();

    const seen = [];
    const hanging = createServer((request) => { seen.push(request.rawHeaders.join('\n').toLowerCase()); });
    await new Promise((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    const slow = await page(`http://127.0.0.1:${hanging.address().port}`, webOn);
    const answer = await slow.ask('PUT', `/api${CONTROL}`, {body: '{}', headers: own(slow.port,
      {'if-match': '"3"', cookie: 'a=b', 'x-forwarded-for': '1.2.3.4', 'user-agent': 'Spy/1', authorization: 'Bearer mine', accept: 'text/strange'})});
    assert.ok([502, 504].includes(answer.status), String(answer.status));
    assert.ok(answer.ms > 2500 && answer.ms < 4500, `${answer.ms} ms`);
    assert.match(seen[0], /if-match\n"3"/);
    assert.match(seen[0], /content-type\napplication\/json/);
    assert.match(seen[0], new RegExp(`authorization\nbearer ${token}`));
    assert.doesNotMatch(seen[0], /cookie|forwarded|spy|mine|strange|origin/);
    hanging.closeAllConnections();
    hanging.close();
    await slow.one.stop();
  });

  test('status, body and ETag come back unchanged, not to be stored', async () => {
    const direct = await main.ask('GET', CONTROL, {headers: bearer});
    const through = await front.ask('GET', `/api${CONTROL}`);
    assert.deepEqual([through.status, through.text, through.headers.etag], [direct.status, direct.text, direct.headers.etag]);
    assert.equal(through.headers['cache-control'], 'no-store');
    assert.equal((await put(front.port, {})).headers['cache-control'], 'no-store');
  });

  test('a PUT that is not of the page itself, or not JSON, is 403', async () => {
    const body = JSON.stringify(state({shared_seed: 13}));
    const type = {'content-type': 'application/json'};
    for (const headers of [{...type, origin: 'http://evil.example'}, {...type, origin: 'null'}, {...type, 'sec-fetch-site': 'cross-site'}, type,
      {origin: `http://127.0.0.1:${front.port}`, 'content-type': 'text/plain'}, {origin: `http://127.0.0.1:${front.port}`}])
      assert.equal((await front.ask('PUT', `/api${CONTROL}`, {headers, body})).status, 403, JSON.stringify(headers));
    assert.notEqual((await main.ask('GET', CONTROL, {headers: bearer})).json.control.shared_seed, 13);
  });

  test('the public paths never carry the token, and the API\'s own operator paths are not forwarded', async () => {
    const seen = [];
    const upstream = createServer((request, answer) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
      answer.end('{"data":[]}');
    });
    upstream.on('upgrade', (request, socket) => { seen.push(`WS ${request.url} ${request.headers.authorization ?? '-'}`); socket.destroy(); });
    await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const other = await page(`http://127.0.0.1:${upstream.address().port}`, webOn);
    for (const path of ['/prints/options', '/flow/smart-money', '/session', '/events/calendar', '/lab/facts']) await other.ask('GET', path);
    for (const path of [STATUS, CONTROL, '/admin/synthetic/history']) assert.equal((await other.ask('GET', path)).status, 404);
    const socket = new WebSocket(`ws://127.0.0.1:${other.port}/ws`);
    await new Promise((resolve) => { socket.on('error', resolve); socket.on('close', resolve); });
    assert.ok(seen.length >= 6, seen.join('\n'));
    for (const line of seen) assert.match(line, / -$/);
    upstream.close();
    await other.one.stop();
  });

  test('the token is in no byte that reaches a browser, and in no log', async () => {
    const files = (folder) => readdirSync(join(web, folder)).flatMap((name) =>
      statSync(join(web, folder, name)).isDirectory() ? files(`${folder}${name}/`) : [`/${folder}${name}`]);
    const answers = [];
    for (const path of ['/', '/lab', '/config.json', '/health', '/metrics', '/nothing', ...files('')]) answers.push([path, await front.ask('GET', path)]);
    for (const path of [STATUS, CONTROL]) answers.push([path, await front.ask('GET', `/api${path}`)]);
    answers.push(['PUT', await put(front.port, state())], ['bad PUT', await put(front.port, {updated_by: 'x'})],
      ['412', await put(front.port, state(), {'if-match': '"1"'})], ['wrong method', await front.ask('DELETE', `/api${CONTROL}`)],
      ['foreign', await front.ask('PUT', `/api${CONTROL}`, {headers: {origin: 'http://evil.example'}, body: '{}'})],
      ['API', await main.ask('GET', STATUS, {headers: bearer})], ['API figures', await main.ask('GET', '/metrics')]);
    const frames = await new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${front.port}/ws`), got = [];
      socket.on('message', (bytes) => { got.push(String(bytes)); if (got.length === 10) { socket.terminate(); resolve(got); } });
      socket.on('error', reject);
    });
    assert.ok(answers.length > 30);
    for (const [what, answer] of answers) assert.ok(!(answer.raw + answer.text).includes(token), what);
    for (const frame of frames) assert.ok(!frame.includes(token));
    for (const [name, one] of Object.entries(running)) assert.ok(!(one.out + one.err).includes(token), name);
  });

  // Last: the server dies.
  test('with the bus gone every request is 503, never a fake success; the record is whole when it is back', async () => {
    const before = (await main.ask('GET', '/admin/synthetic/history?limit=64', {headers: bearer})).json.changes;
    assert.ok(before.length >= 20, String(before.length));
    await nats.stop('SIGKILL');
    await until('503', async () => (await main.ask('GET', STATUS, {headers: bearer})).status === 503);
    for (const [method, path] of [['GET', STATUS], ['GET', CONTROL], ['PUT', CONTROL], ['GET', '/admin/synthetic/history']]) {
      const answer = await main.ask(method, path, {headers: bearer, body: method === 'PUT' ? JSON.stringify(state()) : ''});
      assert.deepEqual([answer.status, answer.text], [503, '{"error":"control store unreachable"}'], `${method} ${path}`);
    }
    await startNats();
    await until('200', async () => (await main.ask('GET', STATUS, {headers: bearer})).status === 200);
    await main.one.stop();
    main = await api(on);
    assert.deepEqual((await main.ask('GET', '/admin/synthetic/history?limit=64', {headers: bearer})).json.changes, before);
  });
});

test('in one process: a token of its own in the data folder, readable by its owner only; the record survives a restart', async () => {
  const data = temporary();
  let system = await serve([], {}, data);
  assert.equal(statSync(join(data, 'admin-token')).mode & 0o777, 0o600);
  assert.equal((await system.json('/config.json')).synthetic_admin, true);
  const changed = await run(['control', 'set', 'preset_id=quiet_range', 'profile_weights.arbitrage=high', '--data', data]);
  assert.equal(changed.code, 0, changed.err);
  const history = async () => (await run(['control', 'history', '--json', '--data', data])).out;
  const told = await history();
  const [newest, oldest] = told.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(newest.by, 'cli');
  assert.deepEqual(newest.changes, [{field: 'preset_id', from: 'balanced_demo', to: 'quiet_range'}, {field: 'profile_weights.arbitrage', from: 1, to: 1.6}]);
  assert.deepEqual([oldest.by, oldest.changes], ['system', null]);
  await system.stop();
  system = await serve([], {}, data);
  assert.equal(await history(), told);
  const words = await run(['control', 'history', '--data', data]);
  assert.match(words.out, /^\d{4}-\d\d-\d\dT[\d:.]+Z r\d+ by cli, from \d+ on: preset_id "balanced_demo" -> "quiet_range", profile_weights\.arbitrage 1 -> 1\.6\n/);
  await system.stop();
  const off = await serve([], {SYNTHETIC_CONTROL_ENABLED: '0'}, data);
  assert.equal((await off.json('/config.json')).synthetic_admin, false);
  assert.equal((await off.get('/api/admin/synthetic/status')).status, 404);
  await off.stop();
});
