// SPDX-License-Identifier: Apache-2.0
// Chromium for the tests, and a page that remembers whatever it complained about.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

/** How many tests that measure no time run at once in pages of one browser: they mostly wait. */
export const TOGETHER = { concurrency: 3 };

/** How long anything of a page is waited for: a machine with other work has held a click for 30 s. */
const PATIENCE_MS = 90000;

/** SLOW=6: the pages' main threads run at a sixth of their speed, to find what takes a fast machine for granted. */
const SLOW = Number(process.env.SLOW ?? 1);

/** Pages that a test has given back: another service is another origin, so they come with no memory,
 *  and a page that is there costs a quarter of the processor time of a new one. */
const idle = new WeakMap();

async function takePage(browser, viewport, clock, options) {
  const kind = JSON.stringify([clock, options]);
  const pages = idle.get(browser) ?? [];
  idle.set(browser, pages);
  const at = pages.findIndex((one) => one.kind === kind);
  if (at < 0) {
    const context = await browser.newContext({ viewport, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    if (SLOW > 1) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: SLOW });
    if (clock) await page.clock.install(); // for good
    return { kind, context, page };
  }
  const [one] = pages.splice(at, 1);
  await one.page.setViewportSize(viewport);
  return one;
}

async function giveBack(browser, one) {
  await one.page.evaluate(() => { localStorage.clear(); sessionStorage.clear(); });
  await one.page.mouse.move(0, 0);
  await one.page.goto('about:blank');
  idle.get(browser).push(one);
}

/** Opens the url; `complaints` gathers console errors, page errors and foreign requests. clock: the
 *  page's timers can be moved on (page.clock), so that nobody waits for its 5 s. `close` ends the use of
 *  the page; a page that was changed for good (context.close) is not given to another test. */
export async function openPage(browser, url, { clock = false, viewport = { width: 1440, height: 900 }, ...options } = {}) {
  const one = await takePage(browser, viewport, clock, options);
  const { context, page } = one;
  const complaints = [];
  const listeners = {
    console: (m) => { if (m.type() === 'error' || /Content Security/.test(m.text())) complaints.push(m.text()); },
    pageerror: (e) => complaints.push(String(e)),
    request: (r) => { if (!r.url().startsWith(url) && !r.url().startsWith('data:') && !r.url().startsWith('blob:')) complaints.push('foreign: ' + r.url()); },
  };
  for (const [name, listener] of Object.entries(listeners)) page.on(name, listener);
  await page.goto(url);
  const close = async () => {
    for (const [name, listener] of Object.entries(listeners)) page.off(name, listener);
    await giveBack(browser, one).catch(() => context.close());
  };
  return { context, page, complaints, close };
}

/** Texts of the painted rows of a pane, newest first. */
export const rowTexts = (page, pane) => page.evaluate((id) => {
  const rows = [...document.querySelectorAll('#' + id + ' .row')];
  const line = (r) => new DOMMatrix(getComputedStyle(r).transform).m42;
  return rows.sort((a, b) => line(a) - line(b)).map((r) => r.textContent);
}, pane);

/** Moves the page's clock on by a poll's 5 s, and waits a moment for what comes of it, until it is so. */
export async function hasten(page, isSo, argument) {
  for (let i = 0; i < 12; i++) {
    await page.clock.fastForward(5000);
    const so = await page.waitForFunction(isSo, argument, { timeout: 2500 }).catch(() => null);
    if (so) return;
  }
  await page.waitForFunction(isSo, argument, { timeout: 5000 }); // it fails with its own words
}

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the checks in it hold, however slow the machine is: for what must come to be so. The last
 *  failure is the test's. */
export async function eventually(check, ms = PATIENCE_MS) {
  const end = performance.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await later(50);
  }
}

/** Waits until it is so; for what no page tells. */
export const until = (isSo) => eventually(async () => assert.ok(await isSo(), 'it never was: ' + isSo));

/** Until the page has painted what its data and its handlers have asked for. */
export const painted = (page) => page.evaluate(() => new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)));
}));

/** Until nothing slides any more: boxes are where they stay. */
export const still = (page) => page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)).then(() => true));

/** Looks in each frame whether it is so, and answers when it first was: {at: Date.now() of the page, late}.
 *  late: what the machine's own lateness may have added, two of its slowest frames; 0 where all were in time.
 *  A question over the debugging port would measure that port. */
export async function watch(page, isSo) {
  await page.evaluate(`(${(test) => {
    const seen = { at: 0, slowest: 0 };
    window.watched = seen;
    let before = performance.now();
    const look = () => {
      const now = performance.now();
      seen.slowest = Math.max(seen.slowest, now - before);
      before = now;
      if (test()) seen.at = Date.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }})(${isSo})`);
  return async () => {
    await page.waitForFunction(() => window.watched.at);
    const { at, slowest } = await page.evaluate(() => window.watched);
    return { at, late: slowest > 34 ? 2 * slowest : 0 };
  };
}

/** The chart's newest bar, once it has been drawn anew: {time, from, open, high, low, close, volume, closed}. */
export async function newestBar(page) {
  await page.evaluate(async () => {
    if (globalThis.chartBars) return;
    const { Candles } = await import('/app/candles.js'); // the page's own: a module is there once
    const list = Candles.prototype.list;
    Candles.prototype.list = function () { return (globalThis.chartBars = list.call(this)); };
  });
  await page.waitForFunction(() => globalThis.chartBars?.length);
  return page.evaluate(() => ({ ...globalThis.chartBars.at(-1) }));
}

/** Clicks the top line of a pane once a row is there. The pane stands still, its rows may not. */
export async function clickTop(page, pane) {
  await eventually(async () => {
    if (!/\d/.test((await rowTexts(page, pane))[0] ?? '')) throw new Error('no row in ' + pane);
  });
  await page.click(`#${pane} .body`, { position: { x: 60, y: 10 } });
}
