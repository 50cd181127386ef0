// SPDX-License-Identifier: Apache-2.0
// The operator's drawer in Chromium, against the stand-in service, which can be slow and wrong on
// purpose. What the real services do behind it is in operator.test.mjs. SCREENSHOTS=folder keeps pictures.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { mkdirSync } from 'node:fs';
import { TOGETHER, eventually, hasten, launch, openPage, rowTexts, still, until } from './browser.mjs';
import { sleep } from './fake_admin.mjs';
import { FakeService } from './fake_service.mjs';

const shots = process.env.SCREENSHOTS;
if (shots) mkdirSync(shots, { recursive: true });
const shoot = (page, name) => shots && page.screenshot({ path: `${shots}/${name}.png` });

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const SIZES = { 1440: { width: 1440, height: 900 }, 1024: { width: 1024, height: 700 }, 390: { width: 390, height: 844 } };

/** A page with the drawer open and loaded, unless told otherwise. */
async function withDrawer(options, run) {
  const service = await new FakeService({ syntheticAdmin: true, ...options.service }).start();
  const { admin } = service;
  await options.prepare?.(admin);
  const opened = await openPage(browser, service.url, { viewport: SIZES[options.size ?? 1440], clock: options.clock, ...options.page });
  const { page } = opened;
  try {
    await page.waitForSelector('#synthetic-gear', { state: 'attached' });
    if (!options.closed) {
      await page.click('#synthetic-gear');
      if (!options.prepare) await page.waitForSelector('fieldset[data-section=preset]:not(:disabled)');
      await still(page);
    }
    await run({ service, admin, ...opened });
    if (!options.complaints) assert.deepEqual(opened.complaints, []);
  } finally {
    await opened.close();
    await service.stop();
  }
}

/** An answer that is not given before the test says so. */
function held(answer) {
  let give;
  const given = new Promise((resolve) => { give = () => resolve(answer); });
  return { answer: () => given, give };
}

const text = (page, selector) => page.textContent(selector);
const choose = (page, value) => page.selectOption('#sc-preset', value);
const preset = (page) => page.inputValue('#sc-preset');
const bias = (page, group, name) => page.getByRole('radiogroup', { name: group }).getByRole('radio', { name }).check({ force: true });
const footer = (page, pattern) => page.waitForFunction((source) => new RegExp(source).test(document.querySelector('.sc-word').textContent), pattern.source);
const alertOf = (page, section) => page.textContent(`[data-section=${section}] .sc-alert`);
const expanded = (page) => page.getAttribute('#synthetic-gear', 'aria-expanded');

describe('the gear', TOGETHER, () => {
  test('is not there, and nothing of the drawer is asked for, where the flag is off', async () => {
    const service = await new FakeService().start();
    const { page, context, complaints } = await openPage(browser, service.url);
    await page.waitForTimeout(1200);
    assert.equal(await page.locator('#synthetic-gear, #synthetic-drawer').count(), 0);
    assert.equal(service.requests.some((r) => /gear|drawer|control|admin/.test(r)), false);
    await page.keyboard.press(',');
    assert.equal(await page.locator('#synthetic-drawer').count(), 0);
    assert.deepEqual(complaints, []);
    await context.close();
    await service.stop();
  });

  for (const size of Object.keys(SIZES)) {
    test(`sits bottom right and over no data at ${size} px`, async () => {
      await withDrawer({ size, closed: true, page: size === '390' ? { hasTouch: true } : {} }, async ({ page }) => {
        await page.waitForFunction(() => document.querySelector('#options .row')?.textContent.length > 20);
        if (size !== '390') { // on a phone the sheet lies over the gear
          await page.click('#synthetic-gear');
          await page.waitForSelector('fieldset[data-section=preset]:not(:disabled)');
          await still(page);
        }
        const box = await page.locator('#synthetic-gear').boundingBox();
        const { width, height } = SIZES[size];
        assert.ok(width - (box.x + box.width) < 60 && height - (box.y + box.height) < 60, JSON.stringify(box));
        if (size === '390') assert.ok(box.width >= 44 && box.height >= 44, JSON.stringify(box));
        const hits = await page.evaluate((gear) => [...document.querySelectorAll('.row, .bar, .plot, #synthetic-drawer, .tabs [data-tab]')]
          .map((node) => node.getBoundingClientRect())
          .filter((r) => r.width && r.left < gear.x + gear.width && r.right > gear.x && r.top < gear.y + gear.height && r.bottom > gear.y).length, box);
        assert.equal(hits, 0);
        assert.equal(await page.getAttribute('#synthetic-gear', 'aria-label'), 'Synthetic control');
        await shoot(page, 'gear-' + size);
      });
    });
  }

  for (const place of ['/', '/lab.html']) {
    test(`comes late to a phone and moves no tab of ${place}`, async () => {
      const service = await new FakeService({ syntheticAdmin: true }).start();
      const { page, close } = await openPage(browser, 'about:blank', { viewport: SIZES[390], hasTouch: true });
      const late = held();
      await page.route('**/app/gear.js', async (route) => { await late.answer(); await route.continue(); });
      const tabs = () => page.evaluate(() => [...document.querySelectorAll('.tabs > :not(#synthetic-gear)')].map((n) => JSON.stringify(n.getBoundingClientRect())));
      try {
        await page.goto(service.url + place);
        await page.waitForFunction(() => getComputedStyle(document.querySelector('.tabs')).display === 'flex');
        const before = await tabs();
        assert.equal(await page.locator('#synthetic-gear').count(), 0);
        late.give();
        await page.waitForSelector('#synthetic-gear');
        await still(page);
        assert.deepEqual(await tabs(), before);
      } finally {
        await page.unroute('**/app/gear.js');
        await close();
        await service.stop();
      }
    });
  }

  test('opens and closes with focus where it belongs; a click outside closes nothing; Tab leaves', async () => {
    await withDrawer({ closed: true }, async ({ page }) => {
      const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.className);
      assert.equal(await page.getAttribute('#synthetic-gear', 'aria-controls'), 'synthetic-drawer');
      assert.equal(await page.isVisible('#synthetic-drawer'), false);
      await page.click('#synthetic-gear');
      assert.equal(await expanded(page), 'true');
      assert.equal(await focused(), 'sc-title');
      const region = page.getByRole('complementary', { name: 'Synthetic control' });
      assert.equal(await region.isVisible(), true);
      assert.equal(await page.getAttribute('#synthetic-drawer', 'role'), null, 'no dialog on a wide page');
      await page.keyboard.press('Escape');
      assert.equal(await expanded(page), 'false');
      assert.equal(await focused(), 'synthetic-gear');
      await page.keyboard.press('Enter');
      assert.equal(await expanded(page), 'true');
      await page.click('#options .body');
      assert.equal(await expanded(page), 'true');
      await page.keyboard.press(',');
      assert.equal(await expanded(page), 'false');
      assert.equal(await focused(), 'body', 'focus was not inside, so it stays where it was');
      await page.keyboard.press(',');
      await page.waitForSelector('fieldset[data-section=preset]:not(:disabled)');
      let left = false;
      for (let i = 0; i < 40 && !left; i++) {
        await page.keyboard.press('Tab');
        left = await page.evaluate(() => !document.querySelector('#synthetic-drawer').contains(document.activeElement));
      }
      assert.ok(left, 'Tab walks out of the drawer');
      await page.click('.sc-close');
      assert.equal(await focused(), 'synthetic-gear');
    });
  });

  test('an open drawer is open again after a reload, without taking the focus', async () => {
    await withDrawer({}, async ({ page }) => {
      await page.reload();
      await page.waitForSelector('#synthetic-drawer:not([hidden])');
      assert.equal(await expanded(page), 'true');
      assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
    });
  });
});

describe('the drawer beside a live page', TOGETHER, () => {
  for (const size of [1440, 1024]) {
    test(`leaves the tape running and its controls reachable at ${size} px`, async () => {
      await withDrawer({ size }, async ({ page }) => {
        const first = (await rowTexts(page, 'options'))[0];
        await until(async () => (await rowTexts(page, 'options'))[0] !== first);
        const covered = await page.evaluate(() => [...document.querySelectorAll('#options .pause, #equities .pause, #ticker, #options .body, #equities .body')]
          .filter((node) => {
            const r = node.getBoundingClientRect();
            const points = [[r.left + 3, r.top + 3], [r.right - 3, r.bottom - 3]];
            return !points.every(([x, y]) => node.contains(document.elementFromPoint(x, y)));
          }).map((n) => n.className || n.id));
        assert.deepEqual(covered, []);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false);
        // The page's bands keep their places: header, ribbon, panes, status bar, from top to bottom.
        const bands = await page.evaluate(() => ['.top', '.ribbon', 'main', '.status'].map((s) => document.querySelector(s).getBoundingClientRect())
          .map((r) => [Math.round(r.top), Math.round(r.bottom)]));
        const { height } = SIZES[size];
        assert.deepEqual(bands, [[0, 40], [40, 62], [62, height - 28], [height - 28, height]]);
        const drawer = await page.locator('#synthetic-drawer').boundingBox();
        assert.deepEqual([drawer.x, drawer.width, drawer.y, drawer.y + drawer.height], [size - 360, 360, 40, height - 28]);
        await shoot(page, 'drawer-' + size);
      });
    });
  }

  test('on a phone it is a sheet over everything, its close button always on screen, the page behind out of reach', async () => {
    await withDrawer({ size: 390, page: { hasTouch: true } }, async ({ page }) => {
      const box = await page.locator('#synthetic-drawer').boundingBox();
      assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 390, 844]);
      assert.equal(await page.getAttribute('#synthetic-drawer', 'aria-modal'), 'true');
      assert.equal(await page.evaluate(() => document.querySelector('main').inert), true);
      await shoot(page, 'drawer-390-top');
      await page.locator('.sc-hits').scrollIntoViewIfNeeded();
      await shoot(page, 'drawer-390-live');
      const close = await page.locator('.sc-close').boundingBox();
      assert.ok(close.y >= 0 && close.y + close.height <= 60 && close.width >= 44 && close.height >= 44);
      const small = await page.evaluate(() => [...document.querySelectorAll('#synthetic-drawer :is(button, select, .sc-radio)')]
        .map((n) => [n.textContent.trim() || n.id, n.getBoundingClientRect()])
        .filter(([, r]) => r.width && (r.height < 43.5 || r.width < 43.5)).map(([t, r]) => `${t} ${r.width}x${r.height}`));
      assert.deepEqual(small, []);
      await page.click('.sc-close');
      assert.equal(await page.evaluate(() => document.querySelector('main').inert), false);
      assert.equal(await page.evaluate(() => document.activeElement.id), 'synthetic-gear');
    });
  });

  test('a focus symbol sets the ticker filter', async () => {
    await withDrawer({}, async ({ page }) => {
      await page.click('.sc-ticker >> text=TSLA');
      assert.equal(await text(page, '.chip'), 'TSLA ×');
    });
  });
});

describe('its inputs', TOGETHER, () => {
  test('are a select, a switch and radio groups with names and states, and arrows move', async () => {
    await withDrawer({}, async ({ page, admin }) => {
      const options = await page.locator('#sc-preset option').allTextContents();
      assert.deepEqual(options, ['Balanced Demo', 'Event Day', 'Dealer Day', 'Retail Chase', 'Quiet Range']);
      assert.equal(await page.getByRole('combobox', { name: 'Preset' }).inputValue(), 'balanced_demo');
      assert.equal(await page.getByRole('switch', { name: 'Coverage assist' }).isChecked(), true);
      const windows = page.getByRole('radiogroup', { name: 'Window' }).getByRole('radio');
      assert.equal(await windows.count(), 3);
      assert.equal(await page.getByRole('radio', { name: '20 min' }).isChecked(), true);
      for (const name of ['Institutional directional', 'Retail whale', 'Event driven', 'Vol seller', 'Arbitrage', 'Hedge reactive']) {
        const group = page.getByRole('radiogroup', { name });
        assert.equal(await group.getByRole('radio').count(), 3, name);
        for (const [label, checked] of [['Low 0.6×', false], ['Normal 1×', true], ['High 1.6×', false]])
          assert.equal(await group.getByRole('radio', { name: label }).isChecked(), checked, name + ' ' + label);
      }
      assert.equal(await page.locator('#synthetic-drawer input[type=radio]').count(), 21);
      assert.equal(await page.getByRole('button', { name: 'All normal' }).isDisabled(), true);
      await page.getByRole('radiogroup', { name: 'Vol seller' }).getByRole('radio', { name: 'Normal' }).focus();
      await page.keyboard.press('ArrowRight');
      assert.equal(await page.getByRole('radiogroup', { name: 'Vol seller' }).getByRole('radio', { name: 'High' }).isChecked(), true);
      await footer(page, /^Saved \d/);
      assert.equal(admin.control.profile_weights.vol_seller, 1.6);
      await page.getByRole('button', { name: 'All normal' }).click();
      await until(() => admin.control.profile_weights.vol_seller === 1);
      await page.getByRole('switch', { name: 'Coverage assist' }).focus();
      await page.keyboard.press(' ');
      await until(() => admin.control.coverage_assist === false);
    });
  });

  test('three edits within 200 ms are one PUT of the whole schema, at least 250 ms after the last', async () => {
    await withDrawer({}, async ({ page, admin }) => {
      await page.evaluate(() => {
        const select = document.querySelector('#sc-preset');
        const pick = (value) => { select.value = value; select.dispatchEvent(new Event('change')); };
        pick('event_day');
        setTimeout(() => pick('dealer_day'), 80);
        setTimeout(() => { pick('retail_chase'); window.lastEdit = performance.timeOrigin + performance.now(); }, 160);
      });
      await footer(page, /^Saved \d/);
      await page.waitForTimeout(400);
      assert.equal(admin.puts.length, 1);
      const { body, at } = admin.puts[0];
      const { timeOrigin } = performance;
      assert.ok(timeOrigin + at - await page.evaluate(() => window.lastEdit) >= 249);
      assert.deepEqual(Object.keys(body).sort(), ['coverage_assist', 'coverage_window_minutes', 'preset_id', 'profile_weights', 'shared_seed', 'updated_at', 'updated_by']);
      assert.equal(Object.keys(body.profile_weights).length, 6);
      assert.equal(body.preset_id, 'retail_chase');
    });
  });

  test('an edit during a slow PUT follows it; never two at once; all agree on the last choice', async () => {
    await withDrawer({}, async ({ page, admin }) => {
      const first = held(null);
      admin.onPut = () => first.answer();
      await choose(page, 'event_day');
      await until(() => admin.puts.length === 1);
      await page.evaluate(() => new Promise((done) => { // in one go: the answer may not be 4 s late
        const select = document.querySelector('#sc-preset');
        const pick = (value) => { select.value = value; select.dispatchEvent(new Event('change')); };
        pick('dealer_day');
        setTimeout(() => {
          document.querySelector('[name=sc-arbitrage][value="1.6"]').click();
          pick('quiet_range');
          done();
        }, 100);
      }));
      assert.equal(admin.puts.length, 1);
      first.give();
      await footer(page, /^Saved \d/);
      await page.waitForTimeout(400);
      assert.ok(admin.puts.length >= 2, 'the edits made meanwhile follow');
      assert.equal(admin.mostPuts, 1);
      assert.equal(admin.control.preset_id, 'quiet_range');
      assert.equal(admin.control.profile_weights.arbitrage, 1.6);
      assert.equal(await preset(page), 'quiet_range');
    });
  });

  test('a PUT that fails is rolled back within 100 ms, told in its section, and Retry works', async () => {
    await withDrawer({ complaints: true }, async ({ page, admin }) => {
      admin.onPut = () => [500, { error: 'control store says no' }];
      await page.evaluate(() => {
        const select = document.querySelector('#sc-preset');
        const ask = window.fetch;
        window.fetch = async (...args) => {
          const answer = await ask(...args);
          if (args[1]?.method === 'PUT') window.answeredAt = performance.now();
          return answer;
        };
        window.slowest = 0; // a loaded machine's frames are late by themselves
        let before = performance.now();
        const watch = (now = performance.now()) => {
          window.slowest = Math.max(window.slowest, now - before);
          before = now;
          if (window.answeredAt && select.value === 'balanced_demo') window.rolledAt ??= performance.now();
          requestAnimationFrame(watch);
        };
        watch();
      });
      await choose(page, 'event_day');
      await page.waitForFunction(() => window.rolledAt);
      const [late, slowest] = await page.evaluate(() => [window.rolledAt - window.answeredAt, window.slowest]);
      // Two frames that were late by themselves are not the page's.
      assert.ok(late <= 100 + (slowest > 34 ? 2 * slowest : 0), `${late} ms, slowest frame ${slowest}`);
      assert.match(await alertOf(page, 'preset'), /^Preset not saved: control store rejected the write\. Back to Balanced Demo\./);
      const inView = await page.evaluate(() => {
        const r = document.querySelector('[data-section=preset] .sc-alert').getBoundingClientRect();
        return r.height > 20 && r.top >= 0 && r.bottom <= innerHeight;
      });
      assert.ok(inView);
      await footer(page, /^Not saved$/);
      await shoot(page, 'drawer-error');
      admin.onPut = null;
      await page.getByRole('button', { name: 'Retry' }).click();
      assert.equal(await preset(page), 'event_day');
      await footer(page, /^Saved \d/);
      assert.equal(await alertOf(page, 'preset'), '');
      assert.equal(admin.control.preset_id, 'event_day');
    });
  });

  test('an alert below the fold comes into view', async () => {
    await withDrawer({ complaints: true, page: { viewport: { width: 1280, height: 640 } } }, async ({ page, admin }) => {
      admin.onPut = () => [500, {}];
      await bias(page, 'Hedge reactive', 'High');
      await page.evaluate(() => document.querySelector('.sc-scroll').scrollTo(0, 0));
      await page.waitForSelector('[data-section=bias] .sc-alert p');
      await page.waitForFunction(() => {
        const r = document.querySelector('[data-section=bias] .sc-alert').getBoundingClientRect();
        const box = document.querySelector('.sc-scroll').getBoundingClientRect();
        return r.top >= box.top && r.bottom <= box.bottom + 1;
      });
    });
  });

  test('a rollback keeps a newer edit of another field', async () => {
    await withDrawer({ complaints: true }, async ({ page, admin }) => {
      const first = held([500, {}]);
      admin.onPut = () => { admin.onPut = null; return first.answer(); };
      await choose(page, 'event_day');
      await until(() => admin.puts.length === 1);
      await bias(page, 'Retail whale', 'Low');
      first.give();
      await page.waitForSelector('[data-section=preset] .sc-alert p');
      assert.equal(await preset(page), 'balanced_demo');
      assert.equal(await page.getByRole('radiogroup', { name: 'Retail whale' }).getByRole('radio', { name: 'Low' }).isChecked(), true);
      await until(() => admin.control.profile_weights.retail_whale === 0.6);
      assert.equal(admin.control.preset_id, 'balanced_demo');
    });
  });

  test('no answer within 4 s is a failure', async () => {
    await withDrawer({ complaints: true, clock: true }, async ({ page, admin }) => {
      admin.onPut = () => sleep(15000).then(() => [0]);
      await choose(page, 'event_day');
      await until(() => admin.puts.length);
      assert.equal(await alertOf(page, 'preset'), '');
      await page.clock.fastForward(4000); // to the millisecond: web/test/control-store.test.mjs
      await page.waitForSelector('[data-section=preset] .sc-alert p');
      assert.match(await alertOf(page, 'preset'), /no answer within 4 s/);
      assert.equal(await preset(page), 'balanced_demo');
    });
  });

  test('an answer after 5 s is a failure that heals: the next poll shows what was stored after all, and its alert goes', async () => {
    await withDrawer({ complaints: true }, async ({ page, admin }) => {
      admin.onPut = async (record) => { await sleep(5000); return admin.store(record.body); };
      const began = Date.now();
      await choose(page, 'event_day');
      await page.waitForSelector('[data-section=preset] .sc-alert p');
      assert.ok(Date.now() - began >= 4000);
      assert.match(await alertOf(page, 'preset'), /no answer within 4 s\. Back to Balanced Demo\./);
      assert.equal(await preset(page), 'balanced_demo');
      const first = (await rowTexts(page, 'options'))[0];
      await until(async () => (await rowTexts(page, 'options'))[0] !== first);
      await page.waitForFunction(() => document.querySelector('#sc-preset').value === 'event_day');
      assert.equal(await alertOf(page, 'preset'), '');
      assert.equal(admin.puts.length, 1);
    });
  });

  test('the record says who changed what, when, from what to what, and the footer who was last', async () => {
    await withDrawer({ clock: true }, async ({ page, admin }) => {
      const lines = await page.locator('.sc-changes li').evaluateAll((items) => items.map((li) => [...li.children].map((n) => n.textContent)));
      assert.equal(lines.length, 2);
      assert.match(lines[0][0], /^\d\d:\d\d:\d\d$/);
      assert.deepEqual(lines[0].slice(1), ['Preset Balanced Demo → Event Day, Retail whale Normal → High', 'night desk']);
      assert.equal(lines[1].at(-1), 'system');
      admin.store({ ...admin.control, preset_id: 'dealer_day' }, 'night desk');
      await hasten(page, () => /^Changed by night desk at \d\d:\d\d:\d\d$/.test(document.querySelector('.sc-foreign').textContent));
      assert.equal(await preset(page), 'dealer_day');
    });
  });

  test('412 shows what someone else set', async () => {
    await withDrawer({ complaints: true }, async ({ page, admin }) => {
      admin.store({ ...admin.control, preset_id: 'quiet_range' }, 'night desk');
      admin.onPut = (record) => (record.headers['if-match'] === `"${admin.revision}"` ? null
        : [412, { error: 'control was changed', control: admin.control }]);
      await choose(page, 'event_day');
      await page.waitForSelector('[data-section=preset] .sc-alert p');
      assert.match(await alertOf(page, 'preset'), /someone else changed the settings first\. Now Quiet Range/);
      assert.equal(await preset(page), 'quiet_range');
      await page.getByRole('button', { name: 'Retry' }).click();
      await footer(page, /^Saved \d/);
      assert.equal(admin.control.preset_id, 'event_day');
    });
  });

  test('Saved turns into Applied when both ingest services report the revision', async () => {
    await withDrawer({ clock: true }, async ({ page, admin }) => {
      admin.appliedRevision = 1;
      await choose(page, 'event_day');
      await footer(page, /^Saved \d\d:\d\d:\d\d · applying…$/);
      admin.appliedRevision = null;
      await hasten(page, () => /^Saved \d\d:\d\d:\d\d · Applied \d\d:\d\d:\d\d$/.test(document.querySelector('.sc-word').textContent));
    });
  });
});

describe('what its polls answer', TOGETHER, () => {
  test('a late poll from before a PUT does not overwrite it', async () => {
    await withDrawer({ clock: true }, async ({ page, admin }) => {
      const old = admin.status({ control: { ...admin.control } });
      // This one poll only: one that starts after the PUT may tell what it likes.
      const late = held([200, old, '"1"']);
      admin.onStatus = () => { admin.onStatus = null; setTimeout(late.give, 2200); return late.answer(); };
      const polls = admin.polls.length;
      await page.clock.fastForward(5000);
      await until(() => admin.polls.length > polls);
      await choose(page, 'event_day');
      await footer(page, /^Saved \d/);
      for (let i = 0; i < 24; i++) {
        assert.equal(await preset(page), 'event_day');
        await page.waitForTimeout(100);
      }
    });
  });

  const answers = [
    ['502', [502, {}], /Control service unreachable\./],
    ['500 misconfigured', [500, { error: 'synthetic admin proxy misconfigured' }], /Admin proxy is not configured\./],
    ['401', [401, { error: 'unauthorized' }], /Check the admin token/],
    ['404', [404, { error: 'not found' }], /This server has synthetic control switched off\./],
    ['html', [200, '<!doctype html><p>hi'], /The status answer could not be read\./],
    ['{}', [200, {}], /The status answer could not be read\./],
    ['truncated JSON', [200, '{"enabled":tru'], /The status answer could not be read\./],
  ];
  for (const [name, answer, sentence] of answers) {
    test(`a status of ${name} is told in words and the page lives on`, async () => {
      await withDrawer({ complaints: true, clock: true }, async ({ page, admin }) => {
        admin.onStatus = () => answer;
        await hasten(page, (source) => new RegExp(source).test(document.querySelector('.sc-notice').textContent), sentence.source);
        const first = (await rowTexts(page, 'options'))[0];
        await page.waitForFunction((text) => ![...document.querySelectorAll('#options .row')].some((row) => row.textContent === text), first);
        if (name === '502') await shoot(page, 'drawer-delayed');
        if (name === '404') {
          assert.equal(await page.isVisible('#synthetic-gear'), true, 'an open drawer says why first');
          await page.click('.sc-close');
          assert.equal(await page.isVisible('#synthetic-gear'), false);
        }
      });
    });
  }

  test('unknown ids are shown raw and sent back as they came', async () => {
    const prepare = (admin) => {
      admin.control.preset_id = 'lunar_new_year';
      admin.onStatus = () => [200, admin.status({ backend_mode: 'synthetic',
        derived: { session_phase: 'lunch', regime: 'sideways_loop', focus_symbols: null, profile_hit_counts: { ghost: 3 }, coverage_window_minutes: 20 } })];
    };
    await withDrawer({ prepare }, async ({ page, admin }) => {
      await page.waitForSelector('fieldset[data-section=preset]:not(:disabled)');
      assert.equal(await preset(page), 'lunar_new_year');
      assert.match(await text(page, '[data-fact=regime]'), /^Sideways loop/);
      assert.equal(await text(page, '[data-fact=phase]'), 'Lunch');
      await bias(page, 'Arbitrage', 'High');
      await until(() => admin.puts.length > 0);
      assert.equal(admin.puts[0].body.preset_id, 'lunar_new_year');
    });
  });

  test('without a network it says stale since when, dims, and comes back', async () => {
    await withDrawer({ complaints: true, clock: true }, async ({ page, admin }) => {
      const places = () => page.evaluate(() => ['#sc-preset', '#sc-assist', '[name=sc-arbitrage]', '.sc-live'].map((s) => document.querySelector(s).getBoundingClientRect().top));
      const before = await places();
      admin.onStatus = () => [0];
      await hasten(page, () => /Status unavailable since \d\d:\d\d:\d\d\. Retrying every \d+ s\. Values shown may be old\./
        .test(document.querySelector('.sc-notice').textContent));
      assert.ok(admin.polls.length >= 4, 'not after the first failure');
      assert.deepEqual(await places(), before, 'no input moves from under the pointer');
      const seen = await page.evaluate(() => {
        const r = document.querySelector('.sc-notice').getBoundingClientRect();
        return document.querySelector('.sc-notice').contains(document.elementFromPoint(r.left + 20, r.bottom - 6));
      });
      assert.ok(seen, 'the notice is in sight');
      assert.equal(await page.isVisible('.sc-live.old'), true);
      assert.equal(await page.isEnabled('#sc-preset'), true, 'a PUT may still work');
      await shoot(page, 'drawer-old');
      admin.onStatus = null;
      await hasten(page, () => document.querySelector('.sc-notice').hidden);
    });
  });

  test('409 switches every input off with the reason, and it recovers by itself', async () => {
    await withDrawer({ complaints: true, clock: true }, async ({ page, admin }) => {
      admin.onStatus = () => admin.mixed();
      await hasten(page, () => document.querySelector('fieldset[data-section=preset]').disabled);
      assert.equal(await page.locator('#synthetic-drawer :is(fieldset input, fieldset select):not(:disabled)').count(), 0);
      const [above, below] = await page.evaluate(() => ['.sc-notice', '#sc-preset'].map((s) => document.querySelector(s).getBoundingClientRect().bottom));
      assert.ok(above < below, 'what switches the inputs off stands above them');
      const notice = await text(page, '.sc-notice');
      assert.match(notice, /Synthetic control unavailable/);
      assert.match(notice, /one adapter is not synthetic/);
      assert.match(notice, /Backend: Mixed · Options: synthetic · Equities: alpaca/);
      assert.equal(await text(page, '.sc-word'), 'Read only');
      assert.equal(await preset(page), 'balanced_demo');
      await shoot(page, 'drawer-disabled');
      admin.onStatus = null;
      await hasten(page, () => !document.querySelector('fieldset[data-section=preset]').disabled);
      await page.waitForFunction(() => /Synthetic control available again\./.test(document.querySelector('#synthetic-drawer [role=status]').textContent));
    });
  });

  test('a first answer that is late says Loading after a moment', async () => {
    const first = held(null);
    const prepare = (admin) => { admin.onStatus = () => first.answer(); };
    await withDrawer({ prepare }, async ({ page }) => {
      await page.waitForSelector('.sc-loading:not([hidden])');
      await shoot(page, 'drawer-loading');
      first.give();
      await page.waitForSelector('.sc-loading[hidden]', { state: 'attached' });
    });
  });
});

// Alone: it measures time.
describe('its polling', () => {
  test('starts every 5 s ± 250 ms, one at a time, not while hidden, at once when visible', async () => {
    await withDrawer({ closed: true }, async ({ page, admin, context }) => {
      admin.onStatus = () => sleep(600).then(() => null);
      // By the page's own clock: how late a request arrives here is the machine's affair.
      await page.addInitScript(() => {
        window.polls = [];
        window.slowest = 0;
        const ask = window.fetch;
        window.fetch = (...args) => {
          if (String(args[0]).endsWith('/status')) window.polls.push(performance.now());
          return ask(...args);
        };
        let before = performance.now();
        const look = () => {
          window.slowest = Math.max(window.slowest, performance.now() - before);
          before = performance.now();
          requestAnimationFrame(look);
        };
        look();
      });
      await page.reload();
      await page.waitForFunction(() => window.polls.length >= 4, null, { timeout: 60000 });
      const { polls: starts, slowest } = await page.evaluate(() => ({ polls: window.polls, slowest: window.slowest }));
      // Each is planned from the last one's planned start: late only as far as the machine is, none early.
      const late = slowest > 34 ? slowest : 0;
      for (const [i, at] of starts.entries()) {
        const off = at - starts[0] - i * 5000;
        assert.ok(off >= -250 && off <= 250 + late, `poll ${i} is ${off} ms off, a frame took ${slowest} ms`);
      }
      await page.evaluate(() => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
        document.dispatchEvent(new Event('visibilitychange'));
      });
      const polls = () => page.evaluate(() => window.polls.length); // one may be late on its way to the service
      const before = await polls();
      await page.waitForTimeout(6000);
      assert.equal(await polls(), before);
      await until(() => admin.polls.every((poll) => poll.end));
      const wait = await page.evaluate(() => {
        const shown = performance.now();
        delete document.hidden;
        document.dispatchEvent(new Event('visibilitychange'));
        return window.polls.at(-1) - shown;
      });
      assert.ok(wait >= 0 && wait < 1000, `${wait} ms`);
      await page.waitForTimeout(1000);
      assert.equal(await polls(), before + 1);
      await context.close(); // with its script
    });
  });
});
