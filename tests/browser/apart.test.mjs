// SPDX-License-Identifier: Apache-2.0
// The page before services that are processes of their own over a real nats-server, each of which goes away or
// changes under it: what it says, that it keeps what it has, and that it recovers without a reload.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freePort, program, startNatsServer, startService, temporary, until, web } from '../lib/system.mjs';
import { launch, openPage, rowTexts, watch } from './browser.mjs';

const TOKEN = 'token-of-the-first-hour-5f2c';
const data = temporary(), store = temporary();
const running = {};
let browser, page, opened, ports;

const startNats = async () => { running.nats = await startNatsServer(ports.nats, store); };
const service = (name, flags = [], env = {}) => {
  const bus = name === 'web' ? [] : ['--nats', `nats://127.0.0.1:${ports.nats}`];
  running[name] = startService(program, [name, '--data', data, ...bus, ...flags],
    { SYNTHETIC_CONTROL_ENABLED: 'on', NEXT_PUBLIC_SYNTHETIC_ADMIN: '1', SYNTHETIC_ADMIN_TOKEN: TOKEN, ...env });
};
const startApi = async (env) => {
  service('api', ['--port', String(ports.api)], env);
  await until('the API', async () => (await fetch(`http://127.0.0.1:${ports.api}/health`)).status === 200);
};
const address = () => `http://127.0.0.1:${ports.web}`;
const notice = (words) => page.waitForFunction((source) => {
  const node = document.querySelector('.sc-notice');
  return source ? !node.hidden && new RegExp(source).test(node.textContent) : node.hidden;
}, words);
const link = (words) => page.waitForFunction((source) => new RegExp(source).test(document.querySelector('#link').textContent), words);
const flows = async () => {
  const first = (await rowTexts(page, 'equities'))[0];
  await until('rows', async () => (await rowTexts(page, 'equities'))[0] !== first);
};

before(async () => {
  ports = { nats: await freePort(), api: await freePort(), web: await freePort() };
  await startNats();
  for (const name of ['ingest-options', 'ingest-equities', 'compute', 'recorder']) service(name);
  await startApi();
  service('web', ['--port', String(ports.web), '--web', web, '--api-url', `http://127.0.0.1:${ports.api}`]);
  browser = await launch();
  await until('a tape', async () => (await (await fetch(address() + '/prints/equities')).json()).data.length > 30);
  opened = await openPage(browser, address());
  ({ page } = opened);
  await page.click('#synthetic-gear');
  await page.waitForSelector('fieldset[data-section=preset]:not(:disabled)');
  await flows();
});
after(async () => {
  await browser?.close();
  for (const name of ['web', 'api', 'compute', 'recorder', 'ingest-options', 'ingest-equities', 'nats']) await running[name]?.stop();
});

test('the API away: reconnecting within 2 s, the rows stay, the drawer says unreachable; back within 11 s', async () => {
  const told = await watch(page, () => /Reconnecting/.test(document.querySelector('#link').textContent));
  const stoppedAt = Date.now();
  await running.api.stop('SIGKILL');
  const gone = await told();
  assert.ok(gone.at - stoppedAt <= 2000 + gone.late, `${gone.at - stoppedAt} ms, ${gone.late} of them the machine's`);
  assert.ok((await rowTexts(page, 'options')).filter((text) => text.trim()).length >= 25);
  await page.selectOption('#sc-preset', 'event_day');
  await page.waitForSelector('[data-section=preset] .sc-alert p');
  assert.equal(await page.inputValue('#sc-preset'), 'balanced_demo', 'what nobody has stored is taken back');
  await notice('Status delayed|Control service unreachable');
  const live = await watch(page, () => /LIVE/.test(document.querySelector('#link').textContent));
  await startApi();
  const startedAt = Date.now();
  const back = await live();
  assert.ok(back.at - startedAt <= 11000 + back.late, `${back.at - startedAt} ms, ${back.late} of them the machine's`);
  await notice('');
  await flows();
  await page.click('[data-section=preset] .sc-alert >> text=Retry');
  await page.waitForFunction(() => /^Saved \d/.test(document.querySelector('.sc-word').textContent));
});

test('another token while the page is open: it says whose fault it is, writes nothing, and is well again with the right one', async () => {
  await running.api.stop();
  await startApi({ SYNTHETIC_ADMIN_TOKEN: 'a-token-the-page-service-has-not' });
  await notice('This server may not change synthetic settings\\. Check the admin token\\.');
  assert.equal(await page.isDisabled('#sc-preset'), true);
  assert.equal(await page.inputValue('#sc-preset'), 'event_day', 'still to be read');
  await flows(); // the tape needs no token
  assert.equal((await page.content()).includes(TOKEN), false);
  await running.api.stop();
  await startApi();
  await notice('');
  await page.waitForSelector('fieldset[data-section=preset]:not(:disabled)');
  await page.selectOption('#sc-preset', 'quiet_range');
  await page.waitForFunction(() => /^Saved \d.* · Applied \d/.test(document.querySelector('.sc-word').textContent));
});

test('the bus away: feeds are called stale, the drawer unreachable, nothing is falsely saved; all comes back by itself', async () => {
  await link('LIVE');
  await running.nats.stop('SIGKILL');
  for (const pane of ['options', 'equities']) await page.waitForFunction((id) => /Stale \d+ s/.test(document.querySelector(`#${id} .state`).textContent), pane);
  assert.ok((await rowTexts(page, 'options')).filter((text) => text.trim()).length >= 25, 'rows are never hidden');
  await page.selectOption('#sc-preset', 'dealer_day');
  await page.waitForSelector('[data-section=preset] .sc-alert p');
  assert.equal(await page.inputValue('#sc-preset'), 'quiet_range');
  await notice('Control service unreachable');
  await startNats();
  for (const pane of ['options', 'equities']) await page.waitForFunction((id) => /Live · \d/.test(document.querySelector(`#${id} .state`).textContent), pane);
  await notice('');
  await page.click('[data-section=preset] .sc-alert >> text=Retry');
  await page.waitForFunction(() => /^Saved \d/.test(document.querySelector('.sc-word').textContent));
  assert.equal((await (await fetch(address() + '/api/admin/synthetic/control')).json()).control.preset_id, 'dealer_day');
  assert.deepEqual(opened.complaints.filter((words) => !/status of (401|502|503|504)|WebSocket|ERR_|net::/.test(words)), []);
});
