// The four functions and per cent, left to right, as a desk calculator does them.
const APPLY = { "+": (a, b) => a + b, "−": (a, b) => a - b, "×": (a, b) => a * b, "÷": (a, b) => a / b };
const KEYS = { Enter: "=", "/": "÷", "*": "×", "-": "−", Backspace: "⌫", Delete: "C", ",": "." };

export function openCalculator(dialog) {
  if (!dialog.dataset.ready) setUp(dialog);
  dialog.show();
  dialog.querySelector("[data-key='7']").focus();
}

function setUp(dialog) {
  dialog.dataset.ready = "1";
  const display = dialog.querySelector("output");
  let state = start();
  const press = (key) => {
    state = next(state, key);
    display.textContent = state.shown;
  };
  dialog.addEventListener("click", ({ target }) => { if (target.dataset.key) press(target.dataset.key); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return dialog.close();
    const key = KEYS[event.key] ?? event.key;
    if (event.key === "Enter" && !event.target.dataset.key) return undefined;
    if (!/^[0-9.+−×÷=%C⌫]$/.test(key)) return undefined;
    event.preventDefault();
    return press(key);
  });
}

const start = () => ({ shown: "0", total: null, pending: null, fresh: true });

export function next(state, key) {
  if (key === "C" || !Number.isFinite(Number(state.shown))) return key >= "0" && key <= "9" ? { ...start(), shown: key, fresh: false } : start();
  if (key >= "0" && key <= "9") {
    const digits = state.fresh || state.shown === "0" ? key : state.shown + key;
    return { ...state, shown: digits.slice(0, 16), fresh: false };
  }
  if (key === ".") {
    if (state.fresh) return { ...state, shown: "0.", fresh: false };
    return state.shown.includes(".") ? state : { ...state, shown: `${state.shown}.` };
  }
  if (key === "⌫") return state.fresh ? state : { ...state, shown: state.shown.slice(0, -1) || "0" };
  if (key === "±") return { ...state, shown: written(-Number(state.shown)) };
  if (key === "%") return { ...state, shown: written(Number(state.shown) / 100), fresh: true };
  const value = Number(state.shown);
  const total = state.pending && !state.fresh ? APPLY[state.pending](state.total, value) : (state.pending ? state.total : value);
  if (key === "=") return { shown: written(total), total: null, pending: null, fresh: true };
  return { shown: written(total), total, pending: key, fresh: true };
}

const written = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(12))) : "Error");
