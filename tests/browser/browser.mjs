// SPDX-License-Identifier: Apache-2.0
// Chromium for the tests, and a page that remembers whatever it complained about.

import { chromium } from 'playwright-core';

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

/** How many tests that measure no time run at once in pages of one browser: they mostly wait. */
export const TOGETHER = { concurrency: 3 };

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
    const page = await context.newPage();
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
