// SPDX-License-Identifier: Apache-2.0
// How long after `tapeloom desktop` is called its window shows the first row of the tape: five times,
// the first with a browser profile that is new. Budget 3 s at the median, where the machine has no
// other work. On a display of its own (Xvfb), beside a system that already runs.
import { chmodSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { freePort, program, serve, sleep, start, temporary, until } from '../tests/lib/system.mjs';

const TIMES = 5;
const BUDGET_MS = 3000;

const xvfb = start('Xvfb', ['-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp']);
const display = await until('a display', () => /^\d+\n/.test(xvfb.out) && `:${xvfb.out.trim()}`);
const system = await serve();
await until('a tape', async () => (await system.json('/prints/options?view=raw')).data.length > 30);
const port = await freePort();
// Run as root here and there, and looked into; the launcher itself allows neither.
const wrapper = join(temporary(), 'browser');
writeFileSync(wrapper, `#!/bin/sh\nexec "${process.env.CHROMIUM ?? '/usr/bin/chromium'}" --no-sandbox --disable-gpu --disable-quic --remote-debugging-port=${port} "$@"\n`);
chmodSync(wrapper, 0o755);

async function once() {
  const began = Date.now();
  const desktop = start(program, ['desktop', '--data', system.data, '--browser', wrapper], { DISPLAY: display });
  const browser = await until('its debugging port', () => chromium.connectOverCDP(`http://127.0.0.1:${port}`));
  const page = await until('its page', () => browser.contexts()[0]?.pages()[0]);
  await page.waitForFunction(() => document.querySelector('#options .row')?.textContent.length > 20, null, { timeout: 60000 });
  const took = Date.now() - began;
  await page.close();
  await Promise.race([desktop.end, sleep(30000)]);
  return took;
}

await sleep(20000); // the system has read the past of its session by then
const [load] = loadavg();
const alone = load < cpus().length / 3;
const taken = [];
for (let i = 0; i < TIMES; i++) taken.push(await once());
await system.stop();
await xvfb.stop();
const median = [...taken].sort((a, b) => a - b)[TIMES >> 1];
const holds = median <= BUDGET_MS;
console.log(`${holds ? 'ok  ' : alone ? 'FAIL' : 'slow'} window's first row: median ${median} ms (${BUDGET_MS}) of ${taken.join(', ')}; load at the start ${load.toFixed(1)}`);
process.exitCode = holds || !alone ? 0 : 1;
