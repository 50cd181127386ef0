// SPDX-License-Identifier: Apache-2.0
// API requests a second and WebSocket fan-out to 100 clients, against a system of our own on loopback.
// node bench/api.mjs [--runs N]; medians. The load is bounded: 5 s of requests, 10 s of sockets a run.
import {Agent, get} from 'node:http';
import WebSocket from 'ws';
import {serve, sleep} from '../tests/lib/system.mjs';

const runs = Number(process.argv[process.argv.indexOf('--runs') + 1]) || 3;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const system = await serve();
await sleep(15000);

async function requests(path, seconds = 5, parallel = 16) {
  const agent = new Agent({keepAlive: true, maxSockets: parallel});
  const end = performance.now() + seconds * 1000;
  const times = [];
  const one = () => new Promise((resolve, reject) => {
    const began = performance.now();
    get(system.address + path, {agent}, (answer) => {
      answer.resume();
      answer.on('end', () => { times.push(performance.now() - began); resolve(); });
    }).on('error', reject);
  });
  await Promise.all(Array.from({length: parallel}, async () => { while (performance.now() < end) await one(); }));
  agent.destroy();
  return {rate: times.length / seconds, p50: times.sort((a, b) => a - b)[times.length >> 1], p99: times[Math.floor(times.length * 0.99)]};
}

async function fanOut(count = 100, seconds = 10) {
  let messages = 0;
  const lags = [];
  const sockets = await Promise.all(Array.from({length: count}, () => new Promise((resolve, reject) => {
    const socket = new WebSocket(system.address.replace('http', 'ws') + '/ws/equity-quotes');
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
    socket.on('message', (bytes) => {
      messages++;
      if (messages % 101 === 0) lags.push(Date.now() - JSON.parse(String(bytes)).payload.ingest_ts);
    });
  })));
  await sleep(seconds * 1000);
  sockets.forEach((socket) => socket.terminate());
  lags.sort((a, b) => a - b);
  return {rate: messages / seconds, p50: lags[lags.length >> 1], p99: lags[Math.floor(lags.length * 0.99)]};
}

for (const [name, measure] of [['health', () => requests('/health')], ['recent_200_prints', () => requests('/prints/equities')],
  ['history_smart_money', () => requests(`/history/smart-money?before_ts=${Date.now()}&before_seq=0`)], ['fan_out_100', () => fanOut()]]) {
  const results = [];
  for (let i = 0; i < runs; i++) results.push(await measure());
  console.log(`${name} per_s ${median(results.map((r) => r.rate)).toFixed(0)} p50_ms ${median(results.map((r) => r.p50)).toFixed(2)} p99_ms ${median(results.map((r) => r.p99)).toFixed(2)}`);
}
await system.stop();
process.exit(0);
