// localStorage as far as this browser lets us: it may be full, or forbidden. `set` says whether the value is kept.
export const storage = {
  get(key) {
    try { return localStorage.getItem(key); } catch { return null; }
  },
  set(key, value) {
    try { localStorage.setItem(key, value); return true; } catch { return false; }
  },
  remove(key) {
    try { localStorage.removeItem(key); } catch { /* Nothing was kept. */ }
  },
  keys() {
    try { return Object.keys(localStorage); } catch { return []; }
  },
  list(key) {
    try { return JSON.parse(this.get(key) ?? "[]"); } catch { return []; }
  },
};
