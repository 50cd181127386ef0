// SPDX-License-Identifier: Apache-2.0
// Chromium for the tests, and a page that remembers whatever it complained about.

import { chromium } from 'playwright-core';

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

/** Opens the url; `complaints` gathers console errors, page errors and foreign requests. */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
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
