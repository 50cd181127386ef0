// SPDX-License-Identifier: Apache-2.0
// What the browser remembers for us: small words by name. A browser that forbids it (private windows,
// policies) throws on the first touch; then nothing is remembered and nothing breaks.

/** @param {() => Storage} storage */
const kept = (storage) => ({
  get(name) {
    try {
      return storage().getItem('tapeloom.' + name);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      storage().setItem('tapeloom.' + name, value);
    } catch { /* not remembered */ }
  },
});

/** For this browser. */
export const browser = kept(() => localStorage);
/** For this tab. */
export const tab = kept(() => sessionStorage);
