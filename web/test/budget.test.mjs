// SPDX-License-Identifier: Apache-2.0
// What a visitor downloads, compressed as the service compresses it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const WEB = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const size = (path) => gzipSync(readFileSync(path), { level: 9 }).length;

/** The module and all it imports, lazily or not. */
function graph(path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, name] of readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) graph(resolve(dirname(path), name), seen);
  return seen;
}
const total = (files) => [...files].reduce((sum, file) => sum + size(file), 0);

test('the tape with its drawer is at most 125 kB of script, the fonts 95 kB, the styles 15 kB', () => {
  const modules = graph(join(WEB, 'app/main.js'));
  assert.ok(modules.size > 20 && [...modules].some((m) => m.endsWith('control-store.js')), 'the whole graph was walked');
  assert.ok(total(modules) <= 125000, `${total(modules)} B`);
  const fonts = readdirSync(join(WEB, 'fonts')).filter((f) => f.endsWith('.woff2')).map((f) => join(WEB, 'fonts', f));
  assert.ok(fonts.reduce((sum, f) => sum + readFileSync(f).length, 0) <= 95000);
  const styles = readdirSync(WEB).filter((f) => f.endsWith('.css')).map((f) => join(WEB, f));
  assert.ok(total(styles) <= 15000, `${total(styles)} B`);
});

test('the page without the operator plane reaches the drawer only by the one lazy import', () => {
  const main = readFileSync(join(WEB, 'app/main.js'), 'utf8');
  assert.doesNotMatch(main, /^import .*(gear|control-)/m);
  for (const file of readdirSync(join(WEB, 'app')).filter((f) => !/^(gear|control-)/.test(f)))
    assert.doesNotMatch(readFileSync(join(WEB, 'app', file), 'utf8'), /^(import|export) .*'\.\/(gear|control-)/m, file);
});
