// SPDX-License-Identifier: Apache-2.0
// docs/OPERATING.md against the source: every variable that is read, every flag of `serve` and of the services.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { program } from '../lib/system.mjs';

const root = new URL('../../', import.meta.url);
const manual = readFileSync(new URL('docs/OPERATING.md', root), 'utf8');
const rows = manual.split('\n').filter((line) => line.startsWith('| '));

/** Names that look like a variable in C sources: upper case with an underscore, in quotes. */
function namesRead() {
  const names = new Set();
  for (const folder of ['bus', 'cli', 'net', 'os', 'services']) {
    for (const file of readdirSync(new URL(`src/${folder}`, root), { recursive: true, withFileTypes: true })) {
      if (!file.isFile() || !file.name.endsWith('.c')) continue;
      const text = readFileSync(`${file.path}/${file.name}`, 'utf8');
      for (const [, name] of text.matchAll(/"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g)) names.add(name);
    }
  }
  // Streams of the bus are named alike, beside their subject.
  const bus = readFileSync(new URL('src/bus/bus.c', root), 'utf8');
  for (const [, stream] of bus.matchAll(/\{"[a-z_.]+", "([A-Z_]+)", (?:true|false)\}/g)) names.delete(stream);
  return [...names].sort();
}

test('every variable the program reads has a row with its default', () => {
  const names = namesRead();
  assert.ok(names.length > 60, `only ${names.length} found in the source`);
  const cells = new Map(rows.flatMap((row) => row.split('|')[1].trim().split(/,\s*/).map((name) => [name, row.split('|')[3]?.trim()])));
  assert.deepEqual(names.filter((name) => !cells.get(name)), []);
});

for (const command of ['serve', 'api']) {
  test(`every flag of ${command} is told`, () => {
    const help = execFileSync(program, [command, '--help'], { encoding: 'utf8' });
    const flags = [...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag).filter((flag) => flag !== '--help');
    assert.ok(flags.length > 8);
    assert.deepEqual(flags.filter((flag) => !rows.some((row) => row.startsWith(`| ${flag} `))), []);
  });
}
