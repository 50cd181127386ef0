// SPDX-License-Identifier: Apache-2.0
// The page in Chromium against the stand-in service. SCREENSHOTS=folder keeps pictures.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { mkdirSync } from 'node:fs';
import { launch, openPage, rowTexts } from './browser.mjs';
import { FakeService } from './fake_service.mjs';

const shots = process.env.SCREENSHOTS;
if (shots) mkdirSync(shots, { recursive: true });
const shoot = (page, name) => shots && page.screenshot({ path: `${shots}/${name}.png` });

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

/** Runs with a service and a page; the page may complain of nothing unless told. */
async function withPage(options, run) {
  const service = await new FakeService(options.service).start();
  const opened = await openPage(browser, service.url, options.page);
  try {
    await opened.page.waitForFunction(() => document.querySelector('#options .row')?.textContent.length > 20);
    await run({ service, ...opened });
    if (!options.complaints) assert.deepEqual(opened.complaints, []);
  } finally {
    await opened.context.close();
    await service.stop();
  }
}

const text = (page, selector) => page.textContent(selector);
const firstRow = async (page, pane = 'options') => (await rowTexts(page, pane))[0];

describe('terminal', () => {
  test('all panes fill, the policy holds, nothing foreign is asked', async () => {
    await withPage({}, async ({ page, service }) => {
      await page.waitForTimeout(1500);
      assert.ok((await rowTexts(page, 'options')).filter((t) => t.trim()).length >= 25);
      assert.ok((await rowTexts(page, 'equities')).filter((t) => t.trim()).length >= 4);
      assert.match(await firstRow(page, 'events'), /^\d\d:\d\d:\d\d [A-Z]+ +(INST|RETAIL|EVENT|VOL|ARB|HEDGE)/);
      assert.match(await text(page, '#link'), /● LIVE/);
      assert.match(await text(page, '#options .state'), /● Live · \d+\/s/);
      assert.equal(await page.locator('.synthetic').first().isVisible(), true);
      assert.equal(await text(page, '#regime'), 'Mean reverting');
      assert.equal(await text(page, '#seed'), 'seed 11');
      assert.ok(await page.locator('#chart canvas').count() > 0);
      assert.ok(service.requests.some((r) => r.includes('/candles/equities?underlying_id=SPY&interval_ms=60000')));
      assert.equal(service.requests.some((r) => /gear|drawer|admin/.test(r)), false);
      await shoot(page, 'desktop-live');
    });
  });

  test('every option row shows side letters and its columns line up with the heads', async () => {
    await withPage({}, async ({ page }) => {
      const rows = await rowTexts(page, 'options');
      for (const row of rows.filter((t) => t.trim())) assert.match(row, /▲AA|▲A|·M|▼BB|▼B|–/);
      const off = await page.evaluate(() => {
        const x = (n) => n.getBoundingClientRect().left;
        const heads = [...document.querySelectorAll('#options .head .run')];
        const runs = [...document.querySelector('#options .row').querySelectorAll('.run')].filter((r) => r.textContent);
        return heads.filter((h, i) => !h.className.includes('run-f') && Math.abs(x(h) - x(runs[i])) > 1.5).map((h) => h.className);
      });
      assert.deepEqual(off, []);
    });
  });

  test('pause freezes the rows, counts what waits, and resume shows it', async () => {
    await withPage({}, async ({ page }) => {
      await page.click('#options .pause');
      const held = await rowTexts(page, 'options');
      await page.waitForTimeout(800);
      assert.deepEqual(await rowTexts(page, 'options'), held);
      assert.match(await text(page, '#options .state'), /‖ Paused · \+\d+ queued/);
      assert.equal(await page.getAttribute('#options .pause', 'aria-pressed'), 'true');
      await shoot(page, 'desktop-paused');
      await page.click('#options .pause');
      await page.waitForTimeout(300);
      assert.notDeepEqual(await rowTexts(page, 'options'), held);
    });
  });

  test('a scrolled tape stays where it is until told to jump', async () => {
    await withPage({ service: { optPerTick: 25 } }, async ({ page }) => {
      await page.hover('#options .body');
      await page.mouse.wheel(0, 200);
      await page.waitForTimeout(200);
      const held = await rowTexts(page, 'options');
      await page.waitForTimeout(2000);
      assert.deepEqual(await rowTexts(page, 'options'), held);
      assert.match(await text(page, '#options .jump'), /↑ [\d,]+ new/);
      await page.click('#options .jump');
      await page.waitForTimeout(300);
      assert.notDeepEqual(await rowTexts(page, 'options'), held);
      assert.equal(await page.isHidden('#options .jump'), true);
    });
  });

  test('keys: / filters, Space pauses, j moves a row that can be read out', async () => {
    await withPage({}, async ({ page }) => {
      await page.keyboard.press('/');
      await page.keyboard.type('nvda');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(400);
      for (const row of (await rowTexts(page, 'options')).filter((t) => t.trim())) assert.match(row, / NVDA /);
      assert.equal(await page.inputValue('#symbol'), 'NVDA');
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.waitForTimeout(200);
      const label = await page.evaluate(() => {
        const body = document.querySelector('#options .body');
        const row = document.getElementById(body.getAttribute('aria-activedescendant'));
        return row.querySelector('[role=gridcell]').getAttribute('aria-label');
      });
      assert.match(label, /NVDA .* (call|put), .* premium/);
      await page.keyboard.press('l');
      await page.keyboard.press(' ');
      await page.waitForTimeout(300);
      assert.match(await text(page, '#options .state'), /Paused/);
      await page.click('.chip');
      await page.waitForTimeout(400);
      assert.equal(await page.locator('.chip').count(), 0);
    });
  });

  test('a filter that lets nothing through says so', async () => {
    await withPage({}, async ({ page }) => {
      await page.fill('#ticker', 'zzz');
      await page.press('#ticker', 'Enter');
      await page.waitForTimeout(400);
      assert.match(await text(page, '#options .empty'), /No option prints match ZZZ/);
    });
  });

  test('a feed that stops is called stale within a second after its limit', async () => {
    await withPage({}, async ({ page, service }) => {
      service.holding = true;
      await page.waitForFunction(() => /▲ Stale \d+ s/.test(document.querySelector('#options .state').textContent), null, { timeout: 6500 });
      assert.ok((await rowTexts(page, 'options')).filter((t) => t.trim()).length >= 25); // still shown
      await shoot(page, 'desktop-stale');
      service.holding = false;
      await page.waitForFunction(() => /Live ·/.test(document.querySelector('#options .state').textContent), null, { timeout: 3000 });
    });
  });

  test('a cut socket comes back with a gap marker and no row twice', async () => {
    await withPage({}, async ({ page, service }) => {
      await page.waitForTimeout(600);
      service.cut();
      await page.waitForFunction(() => /Reconnecting/.test(document.querySelector('#link').textContent), null, { timeout: 2000 });
      service.holding = true;
      service.skip(100); // 600 option rows that no snapshot holds
      await page.waitForFunction(() => /LIVE/.test(document.querySelector('#link').textContent), null, { timeout: 11000 });
      await page.waitForTimeout(300);
      const marker = () => page.evaluate(() => [...document.querySelectorAll('#options .row.gap')].map((r) => r.textContent)[0] ?? '');
      for (let i = 0; i < 30 && !(await marker()); i++) {
        await page.focus('#options .body');
        await page.keyboard.press('PageDown');
        await page.waitForTimeout(60);
      }
      assert.match(await marker(), /— gap .*\d+ rows not shown —/);
      await shoot(page, 'desktop-gap');
    }, { complaints: true });
  });

  test('a stopped service is told in words, and the page recovers by itself', async () => {
    const service = await new FakeService().start();
    const { page, context } = await openPage(browser, service.url);
    await page.waitForTimeout(1000);
    const port = service.port;
    await service.stop();
    await page.waitForFunction(() => /Reconnecting in \d+ s \(try \d+\)/.test(document.querySelector('#link').textContent), null, { timeout: 2500 });
    assert.equal(await page.isVisible('#retry'), true);
    assert.ok((await rowTexts(page, 'options')).filter((t) => t.trim()).length >= 25);
    await shoot(page, 'desktop-reconnecting');
    const again = await new FakeService({ port }).start();
    await page.waitForFunction(() => /LIVE/.test(document.querySelector('#link').textContent), null, { timeout: 11500 });
    await context.close();
    await again.stop();
  });

  test('rows the server skipped are told for a while', async () => {
    await withPage({}, async ({ page, service }) => {
      service.beat({ opt: { dropped: 240, drop: 240 } });
      await page.waitForFunction(() => /Server skipped 240 rows/.test(document.querySelector('#options .note').textContent), null, { timeout: 2000 });
    });
  });

  test('markup in data stays text', async () => {
    await withPage({}, async ({ page, service }) => {
      const row = service.optionRow(Date.now());
      row[1] = '<b>X';
      row[13] = '<img src=x onerror=alert(1)>';
      service.holding = true;
      service.broadcast({ c: 'opt', s: 1, n: service.count.opt + 1, d: [row] });
      await page.waitForTimeout(400);
      assert.match(await firstRow(page), /<b>X/);
      assert.equal(await page.locator('#options img, #options b').count(), 0);
    });
  });

  test('a phone shows ten options rows and reaches every pane by its tabs', async () => {
    await withPage({ page: { viewport: { width: 390, height: 844 }, hasTouch: true } }, async ({ page }) => {
      await page.waitForTimeout(800);
      assert.ok((await rowTexts(page, 'options')).filter((t) => t.trim()).length >= 10);
      await shoot(page, 'phone-tape');
      for (const [tab, pane] of [['chart', '#chart'], ['events', '#events'], ['tape', '#options']]) {
        await page.click(`[data-tab=${tab}]`);
        assert.equal(await page.isVisible(pane), true);
        await page.waitForTimeout(400);
        await shoot(page, 'phone-' + tab);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(wide, false);
    });
  });

  /** Frames a second over some seconds. */
  const frames = (page, ms) => page.evaluate((length) => new Promise((resolve) => {
    const times = [], begin = performance.now();
    const step = (now) => {
      times.push(now);
      if (now - begin < length) requestAnimationFrame(step);
      else resolve({fps: (times.length - 1) / ((times[times.length - 1] - times[0]) / 1000), nodes: document.querySelectorAll('*').length});
    };
    requestAnimationFrame(step);
  }), ms);

  // A loose ratio against an empty page on the same machine in the same minute; budgets are for the bench.
  test('1,200 rows a second leave most of an empty page\'s frames', async () => {
    await withPage({ service: { optPerTick: 40, eqPerTick: 20 } }, async ({ page }) => {
      const loaded = await frames(page, 5000);
      assert.ok(loaded.nodes < 3000, `${loaded.nodes} nodes`);
      await page.goto('about:blank');
      const empty = await frames(page, 2500);
      console.log('frames a second', loaded.fps.toFixed(1), 'of', empty.fps.toFixed(1), 'nodes', loaded.nodes);
      assert.ok(loaded.fps / empty.fps > 0.3, `${loaded.fps} of ${empty.fps} frames a second`);
    });
  });
});
