// SPDX-License-Identifier: Apache-2.0
// What `tapeloom desktop` needs where nobody sits: a display of its own (Xvfb), and a Chromium that may run
// as root and be looked into; the launcher itself allows neither.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { start, temporary, until } from './system.mjs';

/** {xvfb, display}: the display's process, and its name for DISPLAY. */
export async function openDisplay() {
  const xvfb = start('Xvfb', ['-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp']);
  try {
    const display = await until('a display', () => {
      if (xvfb.ended) throw new Error(`Xvfb ended: ${xvfb.err}`);
      return /^\d+\n/.test(xvfb.out) && `:${xvfb.out.trim()}`;
    });
    return { xvfb, display };
  } catch (error) {
    await xvfb.stop();
    throw error;
  }
}

/** A program to call in Chromium's place, which then listens for a debugger on that port. */
export function debuggedBrowser(port) {
  const wrapper = join(temporary(), 'browser');
  writeFileSync(wrapper, `#!/bin/sh\nexec "${process.env.CHROMIUM ?? '/usr/bin/chromium'}" --no-sandbox --disable-gpu --disable-quic --remote-debugging-port=${port} "$@"\n`);
  chmodSync(wrapper, 0o755);
  return wrapper;
}
