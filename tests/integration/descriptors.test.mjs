// SPDX-License-Identifier: Apache-2.0
// Out of file descriptors the server waits instead of spinning, and answers again when there are some.
import assert from 'node:assert/strict';
import {connect} from 'node:net';
import {test} from 'node:test';
import {freePort, program, start, until, web} from '../lib/system.mjs';

test('a server that ran out of descriptors answers again', async (t) => {
  const port = await freePort();
  const service = start('bash', ['-c', 'ulimit -n 60; exec "$0" "$@"', program, 'web', '--port', String(port),
    '--web', web, '--api-url', 'http://127.0.0.1:1']);
  t.after(() => service.stop('SIGKILL'));
  const page = () => fetch(`http://127.0.0.1:${port}/`, {signal: AbortSignal.timeout(5000), headers: {connection: 'close'}});
  await until('the page', async () => (await page()).status === 200);
  const sockets = Array.from({length: 100}, () => connect(port, '127.0.0.1').on('error', () => {}));
  await until('the warning', () => service.err.includes('cannot accept: Too many open files'));
  sockets.forEach((socket) => socket.destroy());
  assert.equal((await page()).status, 200);
  const {code, signal} = await service.stop();
  assert.deepEqual([code, signal], [0, null]);
});
