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

/** Opens the url; `complaints` gathers console errors, page errors and foreign requests. clock: the
 *  page's timers can be moved on (page.clock), so that nobody waits for its 5 s. */
export async function openPage(browser, url, { clock = false, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  if (clock) await page.clock.install();
  const complaints = [];
  page.on('console', (m) => { if (m.type() === 'error' || /Content Security/.test(m.text())) complaints.push(m.text()); });
  page.on('pageerror', (e) => complaints.push(String(e)));
  page.on('request', (r) => { if (!r.url().startsWith(url) && !r.url().startsWith('data:') && !r.url().startsWith('blob:')) complaints.push('foreign: ' + r.url()); });
  await page.goto(url);
  return { context, page, complaints };
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
