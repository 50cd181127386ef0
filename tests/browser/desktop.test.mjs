// SPDX-License-Identifier: Apache-2.0
// `tapeloom desktop` on a display of its own (Xvfb): the Chromium window always, the WebKitGTK window
// where `make desktop` has built it.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { debuggedBrowser, openDisplay } from '../lib/desktop.mjs';
import { freePort, program, serve, sleep, start, temporary, until } from '../lib/system.mjs';

const FIRST_ROW_MS = 3000;
// For a machine of its own; with other work on it, some times what an empty window takes there and then.
const allowed = (emptyMs, times) => Math.max(FIRST_ROW_MS, times * emptyMs + 1000);
const webkit = join(program, '../tapeloom-window');
const shots = process.env.SCREENSHOTS;
if (shots) mkdirSync(shots, { recursive: true });
let xvfb, display;

before(async () => {
  ({ xvfb, display } = await openDisplay());
});
/** What a test started and must not outlive it: a child's open pipe would keep this process alive. */
const stops = [];
const stopping = (running) => { stops.push(() => running.stop()); return running; };
after(async () => {
  for (const stop of stops.reverse()) await stop();
  await xvfb?.stop();
});

/** A site that nobody may reach; `hits` says who did. */
async function foreign(host) {
  const hits = [];
  const server = createServer((request, answer) => { hits.push(request.url); answer.end('<title>foreign</title>'); });
  await new Promise((resolve) => server.listen(0, host, resolve));
  server.unref();
  return { hits, url: `http://${host}:${server.address().port}/`, stop: () => { server.closeAllConnections(); server.close(); } };
}

describe('the window by Chromium', () => {
  let data, port, wrapper, system, desktop, browser, page, opened, emptyMs;

  const launch = async (folder) => {
    desktop = stopping(start(program, ['desktop', '--data', folder, '--browser', wrapper], { DISPLAY: display }));
    await until('the window', () => {
      if (desktop.ended) throw new Error(desktop.out + desktop.err);
      return desktop.out.includes('window on');
    }, 30000);
    opened = Date.now();
    browser = await until('its debugging port', () => chromium.connectOverCDP(`http://127.0.0.1:${port}`), 20000);
    page = await until('its page', () => browser.contexts()[0]?.pages()[0]);
  };
  /** How long an empty window of the same program takes on this machine now, its profile new as well. */
  const emptyWindow = async () => {
    const began = Date.now();
    const window = stopping(start(wrapper, ['--app=data:text/html,<p>empty', `--user-data-dir=${temporary()}`, '--no-first-run'], { DISPLAY: display }));
    const empty = await until('an empty window', () => chromium.connectOverCDP(`http://127.0.0.1:${port}`), 30000);
    await until('its page', async () => (await empty.contexts()[0]?.pages()[0]?.textContent('p')) === 'empty');
    const took = Date.now() - began;
    await window.stop();
    return took;
  };
  const bounds = async (wanted) => {
    const session = await page.context().newCDPSession(page);
    const { windowId, bounds: now } = await session.send('Browser.getWindowForTarget');
    if (wanted) await session.send('Browser.setWindowBounds', { windowId, bounds: wanted });
    return now;
  };
  const close = async () => {
    await page.close();
    await Promise.race([desktop.end, sleep(30000)]);
  };

  before(async () => {
    data = temporary();
    port = await freePort();
    wrapper = debuggedBrowser(port);
    system = stopping(await serve([], {}, data));
    await until('a tape', async () => (await system.json('/prints/options?view=raw')).data.length > 30, 20000);
    emptyMs = await emptyWindow();
  });

  test('it finds the running system and shows its first row within 3 s, or in proportion to an empty window', async () => {
    await launch(data);
    assert.match(desktop.out, new RegExp(`window on ${system.address}\n`));
    await page.waitForFunction(() => document.querySelector('#options .row')?.textContent.length > 20, null, { timeout: 15000 });
    const took = Date.now() - opened;
    console.log('first row after', took, 'ms; an empty window of the same program', emptyMs, 'ms');
    assert.ok(took <= allowed(emptyMs, 1.5), `${took} ms, an empty window ${emptyMs} ms`);
    const { width, height } = await bounds();
    assert.deepEqual([width, height], [1440, 900]);
    assert.equal(await page.evaluate(() => matchMedia('(display-mode: standalone)').matches), true); // no address bar
    if (shots) await page.screenshot({ path: `${shots}/window-chromium.png` });
  });

  test('nothing foreign loads, in this window or a second one, and no permission is given', async () => {
    const site = await foreign('127.0.0.2');
    await page.evaluate((url) => { window.open(url); window.open(url, '_blank', 'popup'); }, site.url);
    await sleep(500);
    // Chromium opens them on a click's behalf; they stay empty.
    for (const other of browser.contexts().flatMap((context) => context.pages()).filter((one) => one !== page)) await other.close();
    assert.equal(await page.evaluate(() => Notification.requestPermission()), 'denied');
    for (const url of [site.url, 'http://foreign.example/', `http://localhost.example:${new URL(site.url).port}/`]) {
      await page.evaluate((to) => { location.href = to; }, url).catch(() => {});
      await until('an error page in its place', () => page.url().startsWith('chrome-error:'));
      await page.goto(system.address);
    }
    assert.deepEqual(site.hits, []);
    site.stop();
  });

  test('its size is remembered, and closing the window ends the launcher but not a system it only found', async () => {
    await bounds({ width: 1200, height: 780 });
    await until('the new size', async () => (await bounds()).width === 1200 && page.evaluate(() => outerWidth === 1200));
    await sleep(1500);
    await close();
    assert.deepEqual(desktop.ended, { code: 0, signal: null }, desktop.err);
    assert.equal((await system.get('/health')).status, 200);
    await launch(data);
    const { width, height } = await bounds();
    assert.deepEqual([width, height], [1200, 780]);
    await close();
  });

  test('without a running system it starts one, and stops it with the window', async () => {
    const folder = temporary();
    await launch(folder);
    assert.match(desktop.out, /started for it/);
    const address = readFileSync(join(folder, 'address'), 'utf8').trim();
    assert.equal((await fetch(`${address}/health`)).status, 200);
    await page.waitForFunction(() => document.querySelector('#options .row')?.textContent.length > 20, null, { timeout: 15000 });
    assert.deepEqual(await desktop.stop(), { code: 0, signal: null });
    await assert.rejects(fetch(`${address}/health`));
  });
});

if (existsSync(webkit)) describe('the window by WebKitGTK', () => {
  let emptyMs = 0;

  test('a page can neither leave its origin nor open a second window, and reads its language', async () => {
    const site = await foreign('127.0.0.2'), seen = [], state = join(temporary(), 'size');
    const server = createServer((request, answer) => {
      seen.push(request.url);
      answer.setHeader('content-type', 'text/html');
      answer.end(request.url !== '/' ? '' : `<title>own</title><iframe src="${site.url}frame"></iframe><script>
        const tell = (what) => fetch('/told/' + what);
        tell('size-' + outerWidth + 'x' + outerHeight);
        tell('language-' + new Intl.NumberFormat(navigator.language).resolvedOptions().locale);
        tell('window-' + window.open('${site.url}open'));
        Notification.requestPermission().then((word) => tell('permission-' + word));
        setTimeout(() => { location.href = '${site.url}leave'; }, 300);
        setTimeout(() => { location.href = 'http://foreign.example/'; }, 500);
        setTimeout(() => tell('still-here'), 1200);
      </script>`);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    server.unref();
    writeFileSync(state, '1200 700\n');
    const began = Date.now();
    const window = stopping(start(webkit, [`http://127.0.0.1:${server.address().port}`, state], { DISPLAY: display, LC_ALL: 'C' }));
    await until('its first request', () => seen.length > 0, 20000);
    emptyMs = Date.now() - began;
    await until('the page, still there', () => {
      if (window.ended) throw new Error(window.err);
      return seen.includes('/told/still-here');
    }, 20000);
    assert.deepEqual(site.hits, []);
    assert.ok(seen.includes('/told/language-en-US'), seen.join(' '));
    assert.ok(seen.includes('/told/window-null'), seen.join(' '));
    assert.ok(seen.includes('/told/permission-denied'), seen.join(' '));
    assert.match(window.err, /refused http:\/\/127\.0\.0\.2:\d+\/leave/);
    writeFileSync(state, '');
    await window.stop();
    assert.equal(readFileSync(state, 'utf8'), '1200 700\n');
    site.stop();
    server.close();
  });

  test('it shows the tape\'s first rows within 3 s, or in proportion to an empty window', async () => {
    const system = stopping(await serve());
    await until('a tape', async () => (await system.json('/prints/options?view=raw')).data.length > 30, 20000);
    const desktop = stopping(start(program, ['desktop', '--data', system.data], { DISPLAY: display }));
    await until('the window', () => desktop.out.includes('window on'));
    const opened = Date.now();
    // Rows are on the page's socket; without a bridge into the window that is what can be asked.
    await until('rows on their way', async () => {
      if (desktop.ended) throw new Error(desktop.err);
      const figures = await (await system.get('/metrics')).text();
      return /tapeloom_api_socket_clients\{kind="page"\} [1-9]/.test(figures);
    }, 15000);
    const took = Date.now() - opened;
    console.log('page socket after', took, 'ms; an empty window asks for its page after', emptyMs, 'ms');
    assert.ok(took <= allowed(emptyMs, 3), `${took} ms, an empty window ${emptyMs} ms`);
    await desktop.stop();
    await system.stop();
  });
});
