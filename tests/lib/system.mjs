// SPDX-License-Identifier: Apache-2.0
// Starts the real program for integration and browser tests: whole system or single services.
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer} from 'node:net';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';

export const program = new URL('../../build/release/tapeloom', import.meta.url).pathname;
export const web = new URL('../../web', import.meta.url).pathname;

const cleaners = [];
process.on('exit', () => cleaners.forEach((clean) => clean()));

/** @returns {string} a fresh folder, removed when the test process ends */
export function temporary() {
  const folder = mkdtempSync(join(tmpdir(), 'tapeloom-'));
  cleaners.push(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
}

/** Runs a program; collects what it prints. Killed when the test process ends. */
export function start(command, args, env = {}) {
  const child = spawn(command, args, {env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
  const running = {child, out: '', err: '', ended: null};
  child.stdout.on('data', (bytes) => { running.out += bytes; });
  child.stderr.on('data', (bytes) => { running.err += bytes; });
  running.end = new Promise((resolve) => {
    child.on('error', (error) => { running.err += String(error); });
    child.on('close', (code, signal) => { running.ended = {code, signal}; resolve(running.ended); });
  });
  running.stop = async (signal = 'SIGTERM') => {
    running.stopping = true;
    if (!running.ended) child.kill(signal);
    return running.end;
  };
  cleaners.push(() => { if (!running.ended) child.kill('SIGKILL'); });
  return running;
}

/** Waits until probe() gives something truthy; fails after timeout with what was awaited. Where no time is
 *  promised the timeout is patience: a machine with other work may hold a process for seconds. */
export async function until(what, probe, timeout = 60000) {
  const deadline = Date.now() + timeout;
  let last;
  for (;;) {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) { last = error; }
    if (Date.now() > deadline) throw new Error(`not within ${timeout} ms: ${what} (last: ${String(last)})`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Other work on all cores: times say little. Asked when it counts, for load comes and goes. */
export const busy = () => loadavg()[0] > cpus().length;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/* Below the range from which a system gives out ports of outgoing connections (32768 to 60999): a port between
 * asking and using is otherwise taken by any client's connection. Files of tests that run at the same time have
 * process numbers near one another, so each has a range of its own. */
const firstPort = 20000 + process.pid % 300 * 40;
let portsGiven = 0;

/** @returns {Promise<number>} a port of 127.0.0.1 that nobody listens on and no other caller was given */
export async function freePort() {
  while (portsGiven < 40) {
    const port = firstPort + portsGiven++;
    const free = await new Promise((resolve) => {
      const server = createServer();
      server.on('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error('freePort: all forty ports of this process were given out');
}

/** A service that runs until it is stopped. One that ends by itself is told with its last words: a test would only
 *  see a refused connection. */
export function startService(command, args, env = {}) {
  const running = start(command, args, env);
  running.end.then(({code, signal}) => {
    if (running.stopping) return;
    console.error(`${args[0]} ended by itself: code ${code}, signal ${signal}\n${running.err.slice(-2000)}`);
  });
  return running;
}

/** A nats-server with JetStream on that port, its streams in the folder store; once it takes clients. */
export async function startNatsServer(port, store) {
  const nats = start('nats-server', ['-js', '-sd', store, '-a', '127.0.0.1', '-p', String(port)]);
  await until('nats-server', () => nats.err.includes('Server is ready'));
  return nats;
}

/** `tapeloom serve` on a free port. */
export async function serve(flags = [], env = {}, data = temporary()) {
  const running = startService(program, ['serve', '--port', '0', '--data', data, '--web', web, ...flags], env);
  running.data = data;
  running.address = await until('the address', () => {
    if (running.ended) throw new Error(`serve ended: ${running.err}`);
    return running.out.match(/http:\/\/[0-9.]+:[0-9]+/)?.[0];
  });
  running.get = (path, options) => fetch(running.address + path, options);
  running.json = async (path) => {
    const answer = await running.get(path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return running;
}

/** Runs to its end. */
export async function run(args, env = {}) {
  const running = start(program, args, env);
  const {code, signal} = await running.end;
  return {code, signal, out: running.out, err: running.err};
}
