// SPDX-License-Identifier: Apache-2.0
// The drawer against the real services in one process: what an operator sets is stored, seen by
// others, applied by both ingest services, and the token stays where it is.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { serve, until } from '../lib/system.mjs';
import { clickTop, eventually, launch, openPage, rowTexts, watch } from './browser.mjs';

const STATUS = '/api/admin/synthetic/status';
const CONTROL = '/api/admin/synthetic/control';
const word = (page, pattern, timeout = 20000) => page.waitForFunction((source) =>
  new RegExp(source).test(document.querySelector('.sc-word').textContent), pattern.source, { timeout });

describe('the operator plane', () => {
  let browser;
  let system;
  before(async () => {
    [browser, system] = await Promise.all([launch(), serve()]);
    await until('the page feed', async () => (await system.json('/prints/options?view=raw')).data.length > 5);
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
  });

  async function openDrawer(options) {
    const opened = await openPage(browser, system.address, options);
    await opened.page.click('#synthetic-gear');
    await opened.page.waitForSelector('fieldset[data-section=preset]:not(:disabled)');
    return opened;
  }

  test('an edit is saved, then applied by both ingest services, and still there after a reload', async () => {
    const { page, context, complaints } = await openDrawer();
    await page.selectOption('#sc-preset', 'event_day');
    await page.getByRole('radiogroup', { name: 'Arbitrage' }).getByRole('radio', { name: 'High' }).check({ force: true });
    await page.getByRole('radio', { name: '30 min' }).check({ force: true });
    await word(page, /^Saved \d\d:\d\d:\d\d/);
    await word(page, /Applied \d\d:\d\d:\d\d$/, 30000);
    const { control, revision, applied, coverage, derived } = await system.json(STATUS);
    assert.deepEqual([control.preset_id, control.coverage_window_minutes, control.profile_weights.arbitrage], ['event_day', 30, 1.6]);
    assert.equal(control.updated_by, 'internal-ui');
    assert.ok(Math.abs(Date.now() - control.updated_at) < 30000);
    assert.deepEqual([applied.options.revision, applied.equities.revision], [revision, revision]);
    assert.equal(applied.options.effective_second, applied.equities.effective_second);
    for (const [id, bins] of Object.entries(coverage.bins)) {
      assert.equal(bins.length, 30);
      assert.ok(bins.reduce((a, b) => a + b, 0) >= derived.profile_hit_counts[id] - 1);
    }
    await until('the session under the preset', async () => (await system.json('/session')).preset_id === 'event_day', 30000);
    await page.reload();
    await page.waitForFunction(() => document.querySelector('#sc-preset')?.value === 'event_day');
    assert.equal(await page.getByRole('radio', { name: '30 min' }).isChecked(), true);
    assert.equal(await page.getByRole('radiogroup', { name: 'Arbitrage' }).getByRole('radio', { name: 'High' }).isChecked(), true);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('a second browser shows the change within 5.5 s and says who made it', async () => {
    const a = await openDrawer();
    const b = await openDrawer();
    const shown = await watch(b.page, () => document.querySelector('#sc-preset').value === 'quiet_range');
    await a.page.selectOption('#sc-preset', 'quiet_range');
    await word(a.page, /^Saved \d/);
    const { at, late } = await shown();
    const took = at - (await system.json(CONTROL)).control.updated_at;
    assert.ok(took <= 5500 + late, `${took} ms, ${late} of them the machine's`);
    assert.match(await b.page.textContent('.sc-foreign'), /^Changed by internal-ui at \d\d:\d\d:\d\d$/);
    assert.equal(await a.page.textContent('.sc-foreign'), '');
    await a.context.close();
    await b.context.close();
  });

  test('a page whose revision is old is told so and loses nothing of the other', async () => {
    const { page, context } = await openDrawer();
    const { control } = await system.json(CONTROL);
    let polling = 0;
    const counts = (step) => (asked) => { if (asked.url().endsWith('/status')) polling += step; };
    page.on('request', counts(1));
    page.on('requestfinished', counts(-1));
    page.on('requestfailed', counts(-1));
    await page.evaluate(() => { // polls stop: the page must not learn of the change
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.waitForTimeout(500);
    await eventually(() => assert.ok(polling <= 0, 'a poll is on its way'));
    const theirs = await system.get(CONTROL, { method: 'PUT', body: JSON.stringify({ ...control, preset_id: 'dealer_day', updated_by: 'night desk' }),
      headers: { 'content-type': 'application/json', origin: system.address } });
    assert.equal(theirs.status, 200);
    await page.selectOption('#sc-preset', 'retail_chase');
    await page.waitForSelector('[data-section=preset] .sc-alert p');
    assert.match(await page.textContent('[data-section=preset] .sc-alert'), /someone else changed the settings first\. Now Dealer Day/);
    assert.equal((await system.json(CONTROL)).control.preset_id, 'dealer_day');
    await page.getByRole('button', { name: 'Retry' }).click();
    await word(page, /^Saved \d/);
    assert.equal((await system.json(CONTROL)).control.preset_id, 'retail_chase');
    await context.close();
  });

  test('leaving the page at once still saves the last choice', async () => {
    const { page, context } = await openDrawer();
    await page.selectOption('#sc-preset', 'balanced_demo');
    await page.goto('about:blank');
    await until('the choice', async () => (await system.json(CONTROL)).control.preset_id === 'balanced_demo', 30000);
    await context.close();
  });

  test('the token is in no byte that reaches the browser', async () => {
    const token = readFileSync(join(system.data, 'admin-token'), 'utf8').trim();
    assert.ok(token.length >= 16);
    const { page, context, complaints } = await openPage(browser, 'about:blank');
    const seen = [];
    const bodies = [];
    page.on('console', (m) => seen.push(m.text()));
    page.on('request', (r) => seen.push(r.url() + JSON.stringify(r.headers())));
    page.on('response', (r) => {
      seen.push(r.url() + JSON.stringify(r.headers()));
      bodies.push(r.body().then((b) => b.toString('latin1'), () => ''));
    });
    page.on('websocket', (socket) => socket.on('framereceived', (f) => seen.push(String(f.payload).slice(0, 2000))));
    await page.goto(system.address);
    await page.click('#synthetic-gear');
    await page.waitForSelector('fieldset[data-section=preset]:not(:disabled)');
    await page.selectOption('#sc-preset', 'event_day');
    await word(page, /^Saved \d/);
    for (const [path, init] of [[CONTROL, { method: 'PUT', body: '{' }], [CONTROL, { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } }],
      [STATUS, { method: 'POST' }], ['/admin/synthetic/status', {}], ['/admin/synthetic/control', { headers: { authorization: 'Bearer x' } }]])
      await page.evaluate(([p, i]) => fetch(p, i).then((r) => r.text()), [path, init]);
    await page.waitForTimeout(500);
    seen.push(await page.content(), ...await Promise.all(bodies), await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])));
    assert.ok(seen.join('').includes('balanced_demo') || seen.join('').includes('event_day'), 'the search looks at real bytes');
    assert.ok(seen.length > 40);
    assert.equal(seen.filter((text) => text.includes(token)).length, 0);
    assert.equal((system.out + system.err).includes(token), false, 'nor in the logs');
    assert.equal(complaints.filter((c) => !/status of 40[0134]/.test(c) && !/^foreign/.test(c)).length, 0, complaints.join('\n'));
    await context.close();
  });

  /** A raw request: fetch() would set its own Origin. */
  const send = (method, path, headers, body) => new Promise((resolve, reject) => {
    const url = new URL(system.address);
    const asked = request({ host: url.hostname, port: url.port, method, path, headers: { host: url.host, ...headers } }, (answer) => {
      let text = '';
      answer.on('data', (bytes) => { text += bytes; });
      answer.on('end', () => resolve({ status: answer.statusCode, text, headers: answer.headers }));
    });
    asked.on('error', reject);
    asked.end(body);
  });

  test('a PUT of a foreign page, of plain text or over 16 KiB is refused, and nothing is stored', async () => {
    const { control } = await system.json(CONTROL);
    const body = JSON.stringify({ ...control, preset_id: 'dealer_day' });
    const json = { 'content-type': 'application/json' };
    const own = { origin: system.address };
    assert.equal((await send('PUT', CONTROL, { ...json, origin: 'http://evil.example' }, body)).status, 403);
    assert.equal((await send('PUT', CONTROL, { ...json }, body)).status, 403, 'without a word where it comes from');
    assert.equal((await send('PUT', CONTROL, { ...json, 'sec-fetch-site': 'cross-site' }, body)).status, 403);
    assert.equal((await send('PUT', CONTROL, { ...own, 'content-type': 'text/plain' }, body)).status, 403);
    assert.equal((await send('PUT', CONTROL, { ...own, ...json }, body.replace('{', '{' + ' '.repeat(17000)))).status, 413);
    assert.equal((await send('GET', STATUS, { origin: 'http://evil.example' })).status, 403);
    const bad = await send('PUT', CONTROL, { ...own, ...json }, JSON.stringify({ ...control, coverage_window_minutes: 15 }));
    assert.equal(bad.status, 400);
    assert.match(bad.text, /coverage_window_minutes.*10, 20/);
    const same = (await system.json(CONTROL)).control;
    assert.deepEqual(same, control);
    const good = await send('PUT', CONTROL, { 'sec-fetch-site': 'same-origin', ...json }, body);
    assert.equal(good.status, 200);
    assert.equal(good.headers['cache-control'], 'no-store');
    assert.match(good.headers.etag, /^"\d+"$/);
  });

  test('the page shows the real market beside the drawer without a complaint', async () => {
    const { page, context, complaints } = await openDrawer();
    await page.waitForTimeout(5500);
    await eventually(async () => {
      const facts = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll('[data-fact]')].map((n) => [n.dataset.fact, n.textContent])));
      assert.match(facts.regime, /^(Trending up|Trending down|Mean reverting|Retail chase|Event ramp|Dealer gamma|Arbitrage calm) · since \d/);
      assert.match(facts.phase, /^(Open|Midday|Power hour|After event)$/);
      assert.match(facts.backend, /^Synthetic/);
      assert.match(facts.options, /^rev \d+ · lag \d+ ms · [\d,]+\/s$/);
      assert.match(facts.equities, /^rev \d+ · lag \d+ ms · [\d,]+\/s$/);
      assert.match(facts.updated, /^\d s ago$/);
    });
    assert.equal(await page.locator('.sc-hits li').count(), 6);
    const first = (await rowTexts(page, 'equities'))[0];
    await eventually(async () => assert.notEqual((await rowTexts(page, 'equities'))[0], first));
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('the ribbon shows the session up to now, and an event its evidence', async () => {
    const { page, context } = await openPage(browser, system.address);
    const { regimes } = await until('the timeline up to now', async () => {
      const timeline = await system.json('/session/timeline');
      return Date.now() - timeline.ts < 15000 && timeline;
    }, 120000);
    await page.waitForFunction((n) => document.querySelectorAll('#timeline rect title').length >= n, regimes.length, { timeout: 60000 });
    await page.waitForFunction(() => /\d/.test(document.querySelector('#events .row')?.textContent ?? ''), null, { timeout: 120000 });
    await clickTop(page, 'events');
    const evidence = await until('evidence with prints', async () => {
      const text = await page.textContent('#evidence');
      if (!/Prints \(\d+/.test(text)) throw new Error('the pane says: ' + text);
      return text;
    }, 20000);
    assert.match(evidence, /Packets \(\d+/);
    assert.equal(await page.locator('#evidence .scores li').count(), 6);
    await context.close();
  });
});

describe('without the operator plane', () => {
  test('no gear, no drawer module, and both routes are unknown paths', async () => {
    const system = await serve([], { NEXT_PUBLIC_SYNTHETIC_ADMIN: '0' }); // the API keeps its endpoints
    const browser = await launch();
    const asked = [];
    const { page, complaints } = await openPage(browser, system.address);
    page.on('request', (r) => asked.push(r.url()));
    assert.equal((await system.json('/config.json')).synthetic_admin, false);
    await page.reload();
    await page.waitForTimeout(1200);
    assert.equal(await page.locator('#synthetic-gear, #synthetic-drawer').count(), 0);
    assert.ok(asked.length > 5);
    assert.deepEqual(asked.filter((url) => /gear|drawer|control-|admin/.test(url)), []);
    assert.equal((await system.get('/admin/synthetic/status')).status, 401);
    assert.equal((await system.get(STATUS)).status, 404);
    assert.equal((await system.get(CONTROL)).status, 404);
    assert.equal((await system.get(CONTROL, { method: 'PUT', body: '{}' })).status, 404);
    assert.deepEqual(complaints, []);
    await browser.close();
    await system.stop();
  });
});
