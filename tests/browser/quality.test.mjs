// SPDX-License-Identifier: Apache-2.0
// What holds for every state of the page: axe finds nothing serious, tokens have contrast, nothing
// moves for those who asked for stillness, nothing shifts, nothing scrolls in two directions.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TOGETHER, clickTop, launch, openPage, still } from './browser.mjs';
import { FakeService } from './fake_service.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { desktop: { viewport: { width: 1440, height: 900 } }, phone: { viewport: { width: 390, height: 844 }, hasTouch: true } };

/** Pictures of both sizes in the states a visitor can meet: kept with the build, for whoever looks at them. */
const PICTURES = process.env.SCREENSHOTS ?? fileURLToPath(new URL('../../build/pictures', import.meta.url));
mkdirSync(PICTURES, { recursive: true });

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

async function withPage(options, run) {
  const service = await new FakeService({ syntheticAdmin: true }).start();
  const opened = await openPage(browser, service.url, options);
  try {
    await opened.page.waitForFunction(() => document.querySelector('#options .row')?.textContent.length > 20);
    await opened.page.waitForSelector('#synthetic-gear', { state: 'attached' });
    await run({ service, ...opened });
  } finally {
    await opened.close();
    await service.stop();
  }
}

const openDrawer = async (page) => {
  await page.click('#synthetic-gear');
  await page.waitForSelector('#synthetic-drawer:not([hidden])');
  await page.waitForFunction(() => !document.querySelector('fieldset[data-section=preset]').disabled || !document.querySelector('.sc-notice').hidden);
  await still(page);
};
/** Whether a tag that says SYNTHETIC is on screen with nothing over it. */
const tagInSight = (page) => page.evaluate(() => [...document.querySelectorAll('.synthetic')].some((n) => {
  const r = n.getBoundingClientRect();
  const seen = [[r.left + 4, r.top + 4], [r.right - 4, r.bottom - 4]].every(([x, y]) => n.contains(document.elementFromPoint(x, y)));
  return /^SYNTHETIC$/i.test(n.textContent.trim()) && r.width > 30 && r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight && seen;
}));
const STATES = {
  live: async () => {},
  drawer: ({ page }) => openDrawer(page),
  error: async ({ page, service }) => {
    service.admin.onPut = () => [500, {}];
    await openDrawer(page);
    await page.selectOption('#sc-preset', 'event_day');
    await page.waitForSelector('.sc-alert p');
  },
  evidence: async ({ page }) => {
    if (page.viewportSize().width < 900) await page.click('nav [data-tab=events]');
    await clickTop(page, 'events');
    await page.waitForSelector('#evidence caption >> text=Prints');
  },
  filters: async ({ page }) => {
    await page.click('#filters');
    await page.getByRole('checkbox', { name: 'Puts' }).check();
  },
  help: async ({ page }) => page.keyboard.press('?'),
  stale: async ({ page, service }) => {
    service.holding = true;
    await page.waitForFunction(() => /Stale/.test(document.querySelector('#options .state').textContent));
  },
  paused: async ({ page }) => {
    await page.click(page.viewportSize().width < 900 ? '#pause-all' : '#options .pause');
    await page.waitForFunction(() => /‖ Paused · \+[1-9]/.test(document.querySelector('#options .state').textContent));
  },
  'paused row': async ({ page }) => {
    await page.focus('#options .body');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    await page.waitForFunction(() => /Paused/.test(document.querySelector('#options .state').textContent));
  },
  disabled: async ({ page, service }) => {
    service.admin.onStatus = () => service.admin.mixed();
    await openDrawer(page);
    await page.waitForSelector('.sc-notice:not([hidden])');
  },
};

describe('every state', TOGETHER, () => {
  test('nothing shifts in 60 s of rows', async () => {
    await withPage({}, async ({ page }) => {
      await page.evaluate(() => {
        window.shifts = [];
        new PerformanceObserver((list) => {
          for (const e of list.getEntries())
            window.shifts.push(...e.sources.map((s) => (s.node?.parentElement?.id ?? '') + '>' + (s.node?.id || s.node?.className || s.node?.nodeName) +
              ' x' + s.previousRect.x + ' to x' + s.currentRect.x));
        }).observe({ type: 'layout-shift', buffered: false });
      });
      await page.waitForTimeout(60000);
      assert.ok(await page.evaluate(() => document.querySelector('#events .note').textContent), 'a note to be moved');
      for (const text of ['● Live', '◌ Reconnecting, last event 12 s ago']) {
        await page.evaluate((text) => document.querySelectorAll('.state').forEach((node) => { node.textContent = text; }), text);
        await page.waitForTimeout(100);
      }
      for (const glyph of ['▲', '◌', '○', '‖', '●']) { // a feed's word, whatever its state
        await page.evaluate((mark) => Object.entries({ opt: 'opt', eq: 'eq', sm: 'flow' }).forEach(([name, word]) => { document.getElementById('feed-' + name).textContent = mark + ' ' + word; }), glyph);
        await page.waitForTimeout(100);
      }
      await page.waitForTimeout(500);
      assert.deepEqual(await page.evaluate(() => window.shifts), []);
    });
  });

  for (const [size, options] of Object.entries(SIZES)) {
    for (const [state, arrange] of Object.entries(STATES)) {
      test(`finds nothing serious: ${state}, ${size}`, async () => {
        await withPage(options, async (context) => {
          await arrange(context);
          await context.page.screenshot({ path: `${PICTURES}/${size}-${state.replace(' ', '-')}.png` });
          assert.ok(await tagInSight(context.page), 'the word SYNTHETIC is in sight');
          context.service.holding = true; // the page stands still while it is looked at
          await context.page.evaluate(AXE);
          const found = await context.page.evaluate(async () => {
            // A row's text is abbreviations; its label reads them out. Nobody calls a tape row by its text.
            const { violations } = await window.axe.run(document, { resultTypes: ['violations'],
              rules: { 'label-content-name-mismatch': { enabled: false } } });
            return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
              .map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | '));
          });
          assert.deepEqual(found, []);
        });
      });
    }
  }
});

describe('tokens', () => {
  const css = readFileSync(new URL('../../web/styles.css', import.meta.url), 'utf8') +
    readFileSync(new URL('../../web/drawer.css', import.meta.url), 'utf8') +
    readFileSync(new URL('../../web/app/format.js', import.meta.url), 'utf8');
  const token = (name) => new RegExp('--' + name + ': (#[0-9a-f]{6})').exec(css)?.[1] ?? assert.fail('no token ' + name);
  const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const over = (top, part, under) => top.map((c, i) => c * part + under[i] * (1 - part));
  const check = (what, a, b, least) => assert.ok(ratio(a, b) >= least, `${what}: ${ratio(a, b).toFixed(2)} < ${least}`);

  test('text has 4.5 on every ground it stands on, edges 3', () => {
    const grounds = ['bg', 'pane', 'raised', 'drawer', 'drawer-raised'];
    for (const ground of grounds) {
      for (const ink of ['ink', 'ink2', 'ink3', 'accent', 'ask', 'above', 'bid', 'below', 'put', 'warn', 'err'])
        check(ink + ' on ' + ground, rgb(token(ink)), rgb(token(ground)), 4.5);
      check('edge on ' + ground, rgb(token('edge')), rgb(token(ground)), 3);
    }
    check('text on accent', rgb(token('on-accent')), rgb(token('accent')), 4.5);
    check('text on warn', rgb(token('on-accent')), rgb(token('warn')), 4.5);
  });

  test('profile colours have 4.5, and are the same in styles and script', () => {
    const inScript = [...css.matchAll(/css: '(p-[a-z]+)', color: '(#[0-9a-f]{6})'/g)].map((m) => [m[1], m[2]]);
    assert.equal(inScript.length, 7);
    for (const [name, colour] of inScript) {
      check(name, rgb(colour), rgb(token('pane')), 4.5);
      if (name !== 'p-none') assert.ok(css.includes(`.${name} { color: ${colour}; }`), name);
    }
  });

  test('premium heat keeps its text readable, as does a selected row, an alert and a notice', () => {
    const heat = /--heat: (\d+) (\d+) (\d+)/.exec(css).slice(1).map(Number);
    for (const part of [0.07, 0.13, 0.2, 0.26]) check('ink on heat ' + part, rgb(token('ink')), over(heat, part, rgb(token('pane'))), 4.5);
    const selected = over(rgb(token('accent')), 0.18, rgb(token('pane')));
    for (const ink of ['ink', 'ink2', 'ask', 'bid', 'put']) check(ink + ' on the cursor row', rgb(token(ink)), selected, 4.5);
    check('ink on an alert', rgb(token('ink')), over(rgb(token('err')), 0.12, rgb(token('drawer'))), 4.5);
    check('ink2 on a notice', rgb(token('ink2')), over(rgb(token('warn')), 0.1, rgb(token('drawer'))), 4.5);
  });
});

describe('stillness, and small, large and high contrast', TOGETHER, () => {
  test('with reduced motion nothing is animated', async () => {
    await withPage({ reducedMotion: 'reduce' }, async ({ page }) => {
      await page.click('#synthetic-gear');
      assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
      await page.getByRole('radio', { name: '10 min' }).check({ force: true });
      assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    });
  });

  const wide = (page) => page.evaluate(() => (document.documentElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth ? []
    : [document.documentElement.scrollWidth, ...[...document.querySelectorAll('body *')].filter((n) => n.getBoundingClientRect().right > innerWidth).map((n) => n.id || n.className || n.tagName)]));
  for (const [name, viewport] of [['320 px', { width: 320, height: 640 }], ['200 % of 1280 px', { width: 640, height: 450 }], ['1024 px', { width: 1024, height: 640 }]]) {
    test(`${name}: the page does not scroll sideways, the tag stays in sight, the drawer can be used`, async () => {
      await withPage({ viewport }, async ({ page }) => {
        assert.deepEqual(await wide(page), []);
        assert.ok(await tagInSight(page));
        await openDrawer(page);
        assert.deepEqual(await wide(page), []);
        const cut = await page.evaluate(() => [...document.querySelectorAll('.sc-scroll *')].filter((n) => n.getBoundingClientRect().right > innerWidth + 0.5 && !n.closest('.hide')).map((n) => n.className || n.tagName));
        assert.deepEqual(cut, []);
      });
    });
  }

  test('bars keep what is in them: no word cut short, no button over the edge', async () => {
    for (const viewport of [{ width: 1440, height: 900 }, { width: 1024, height: 640 }]) {
      await withPage({ viewport }, async ({ page }) => {
        if (viewport.width === 1440) await openDrawer(page); // it narrows the panes
        await page.focus('#events .body');
        await page.keyboard.press('ArrowDown');
        await page.waitForSelector('#events .jump:not([hidden])');
        await page.waitForFunction(() => document.querySelector('#symbol').options.length > 4);
        const cut = await page.evaluate(() => [...document.querySelectorAll('.bar')].filter((bar) => bar.offsetParent).flatMap((bar) => [...bar.children]
          .filter((n) => n.scrollWidth > n.clientWidth + 1 && n.matches('.note, .state') || n.getBoundingClientRect().right > bar.parentElement.getBoundingClientRect().right - 11)
          .map((n) => bar.parentElement.id + ' ' + n.className + ' ' + n.textContent)));
        assert.deepEqual(cut, []);
      });
    }
  });

  test('with forced colours borders and states stay', async () => {
    await withPage({ forcedColors: 'active' }, async ({ page }) => {
      await openDrawer(page);
      const borders = await page.evaluate(() => ['#options', '#synthetic-drawer', '.sc-seg', '.sc-switch input'].map((s) => getComputedStyle(document.querySelector(s)).borderTopWidth));
      assert.ok(borders.every((w) => parseFloat(w) >= 1), borders.join(' '));
      const checked = await page.evaluate(() => ['input[value="20"] + .sc-seg', 'input[value="10"] + .sc-seg'].map((s) => getComputedStyle(document.querySelector('.sc-window ' + s)).backgroundColor));
      assert.notEqual(checked[0], checked[1]);
      await page.screenshot({ path: PICTURES + '/forced-colors.png' });
    });
  });
});
