// SPDX-License-Identifier: Apache-2.0
// Bad input ends in one clear line and a non-zero exit, never in a crash.
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {test} from 'node:test';
import {run, temporary, web} from '../lib/system.mjs';

const folder = temporary();
const file = join(folder, 'a-file');
writeFileSync(file, 'not a folder');
writeFileSync(join(folder, 'log.json'), '[{"effective_second": 5}]');
writeFileSync(join(folder, 'universe.txt'), 'SPY price=abc\n');

const cases = [
  [['serve', '--prot', '1'], /unknown flag --prot/],
  [['serve', '--port', '99999'], /--port.*65535/],
  [['serve', '--mode', 'fast', '--data', folder], /--mode.*realistic/],
  [['serve', '--data', join(file, 'x')], /a-file/],
  [['serve', '--nats', 'http://x', '--data', join(folder, 'd1')], /nats:\/\//],
  [['serve', '--nats', 'nats://127.0.0.1:1', '--data', join(folder, 'd2')], /127\.0\.0\.1:1/],
  [['nonsense'], /unknown subcommand "nonsense"/],
  [['generate'], /--date/],
  [['generate', '--date', '2026-02-30'], /2026-02-30/],
  [['generate', '--date', '2026-11-20', '--preset', 'loud'], /--preset.*balanced_demo/],
  [['generate', '--date', '2026-11-20', '--shard', '3/2'], /--shard/],
  [['generate', '--date', '2026-11-20', '--seed', '1e99'], /--seed/],
  [['generate', '--date', '2026-11-20', '--control-log', join(folder, 'log.json')], /control/],
  [['generate', '--date', '2026-11-20', '--control-log', join(folder, 'absent.json')], /absent\.json/],
  [['generate', '--date', '2026-11-20', '--universe', join(folder, 'universe.txt')], /line 1.*price/],
  [['session', '--at', 'yesterday'], /--at/],
  [['control', 'set', 'preset_id=loud', '--data', folder], /./],
];
for (const [args, expected] of cases) {
  test(`tapeloom ${args.join(' ').replaceAll(folder, 'DIR')}`, async () => {
    const {code, signal, err} = await run(args);
    assert.equal(signal, null);
    assert.ok(code > 0 && code < 100, `exit ${code}`);
    assert.match(err, expected);
    assert.equal(err.trim().split('\n').filter((line) => line.startsWith('tapeloom:')).length, 1, err);
  });
}

test('a port in use is named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const {port} = server.address();
  const {code, err} = await run(['serve', '--port', String(port), '--data', join(folder, 'd3'), '--web', web]);
  server.close();
  assert.equal(code, 1);
  assert.match(err, new RegExp(`port ${port}`));
});

test('every subcommand has --help', async () => {
  for (const name of ['serve', 'generate', 'session', 'control', 'bench', 'ingest-options', 'ingest-equities', 'compute',
    'recorder', 'api', 'web']) {
    const {code, out} = await run([name, '--help']);
    assert.equal(code, 0, name);
    assert.match(out, /usage: tapeloom/, name);
  }
});
