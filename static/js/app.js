/* Starts the design system, and adds keys, the session's warning and a guard against sending twice.
   Every page and form works without this file. */
"use strict";

/* One component after an htmx swap. Never DKFDS.init on a part: it would add another "Mere" menu each time. */
function fdsStart(scope) {
  const once = (selector, start) => {
    for (const element of scope.querySelectorAll(selector)) {
      if (element.dataset.fdsStarted) continue;
      element.dataset.fdsStarted = "true";
      start(element);
    }
  };
  once(".js-dropdown", (element) => new DKFDS.Dropdown(element).init());
  once("table.table--selectable", (element) => new DKFDS.TableSelectableRows(element).init());
  once("div.tab-container", (element) => new DKFDS.Tabs(element).init());
  once(".tooltip-wrapper", (element) => new DKFDS.Tooltip(element).init());
  once(".form-limit", (element) => new DKFDS.CharacterLimit(element).init());
  once('[data-module="error-summary"]', (element) => new DKFDS.ErrorSummary(element).init());
}

DKFDS.init();
for (const element of document.querySelectorAll(
  '.js-dropdown, table.table--selectable, div.tab-container, .tooltip-wrapper, .form-limit, [data-module="error-summary"]'
)) {
  element.dataset.fdsStarted = "true";
}
document.addEventListener("htmx:after:swap", () => fdsStart(document));

function say(text) {
  const region = document.getElementById("messages");
  const line = document.createElement("p");
  line.className = "alert alert-error alert-text";
  line.textContent = text;
  region.replaceChildren(line);
}
for (const name of ["htmx:response:error", "htmx:error"]) {
  document.addEventListener(name, (event) => {
    if (event.detail?.error?.name === "AbortError") return; // A newer request took its place.
    const status = event.detail?.ctx?.response?.raw?.status ?? 0;
    if (status >= 400 && status < 500) return; // The answer itself says what to do.
    say("Noget gik galt, og intet er gemt. Prøv igen om et øjeblik.");
  });
}

/* A second click while the first is on its way sends nothing. */
const SENDING_MS = 8000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method") !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  form.dataset.sending = "true";
  setTimeout(() => delete form.dataset.sending, SENDING_MS);
}, true);
const released = () => document.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending);
window.addEventListener("pageshow", released);
document.addEventListener("htmx:finally:request", released);

/* Printing needs the script; the key of the browser does not. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/* On paper nothing can be opened. */
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("[data-print-open] details")) details.open = true;
});

/* An address from before the tabs names a place that stands on one of them: all stand on the whole. */
const whole = document.querySelector("[data-whole]");
if (whole && location.hash && !document.getElementById(location.hash.slice(1))) location.replace(whole.href + location.hash);

/* Copying needs the script, and a browser that lets it. */
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const status = button.parentElement.querySelector("[data-copied]");
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      status.textContent = "Kopieret.";
    } catch {
      status.textContent = "Browseren tillod det ikke. Markér svaret, og kopiér det selv.";
    }
  });
}

/* A draft saves itself while it is written; the button does the same without the script. */
const AUTOSAVE_MS = 10000;
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-autosave-status]");
  const typed = () => {
    const data = new FormData(form);
    data.delete("version");
    return new URLSearchParams(data).toString();
  };
  let saved = typed();
  const save = async () => {
    const now = typed();
    if (now === saved || form.dataset.sending) return;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form) });
      if (answer.redirected) throw new Error("logged out");
      const { text, version } = await answer.json();
      status.textContent = text;
      if (!version) return;
      form.elements.version.value = version;
      saved = now; // What came while this was on its way is saved next time.
    } catch {
      status.textContent = "Kladden er ikke gemt: der er ingen forbindelse, eller du er logget ud. Prøv »Gem kladde«.";
    }
  };
  setInterval(save, AUTOSAVE_MS);
}

/* Keys. They can be switched off, and never fire while somebody types. */
const KEYS_OFF = "keys-off";
const keySwitch = document.getElementById("keyboard-switch");
const keysAreOn = () => localStorage.getItem(KEYS_OFF) !== "true";
if (keySwitch) {
  keySwitch.checked = keysAreOn();
  keySwitch.closest("[data-needs-script]").hidden = false;
  keySwitch.addEventListener("change", () => localStorage.setItem(KEYS_OFF, String(!keySwitch.checked)));
}

function moveRow(step) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
  const here = rows.indexOf(document.activeElement.closest("[data-row]"));
  const next = rows[here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step];
  next?.querySelector("a[href]")?.focus();
}

function press(key) {
  const scope = document.activeElement.closest("[data-row]") ?? (document.querySelector("[data-row]") ? null : document);
  scope?.querySelector(`[data-key="${key}"]`)?.click();
}

function showHelp() {
  const help = document.getElementById("keyboard-help");
  if (!help) return;
  help.open = true;
  help.querySelector("summary").focus();
  help.scrollIntoView();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !keysAreOn()) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  const search = document.getElementById("header-search");
  const actions = {
    "/": () => search?.focus(),
    j: () => moveRow(1),
    k: () => moveRow(-1),
    b: () => press("b"),
    h: () => press("h"),
    "?": showHelp,
  };
  if (!Object.hasOwn(actions, event.key)) return;
  event.preventDefault();
  actions[event.key]();
});

/* Suggestions under a search box: arrows choose, Enter opens the chosen one, Escape closes. Without one chosen,
   Enter searches as it does without the script. */
for (const box of document.querySelectorAll("[data-combobox]")) {
  const list = document.getElementById(box.dataset.combobox);
  const options = () => [...list.querySelectorAll('[role="option"]')];
  const chosen = () => list.querySelector('[aria-selected="true"]');
  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  };
  const opened = (isOpen) => {
    list.hidden = !isOpen;
    box.setAttribute("aria-expanded", String(isOpen && options().length > 0));
    if (!isOpen) choose(null);
  };
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  opened(false);

  document.addEventListener("htmx:after:swap", () => {
    box.removeAttribute("aria-activedescendant"); // The options are others now.
    opened(box.parentElement.contains(document.activeElement));
  });
  document.addEventListener("focusin", (event) => {
    if (!box.parentElement.contains(event.target)) opened(false);
  });
  document.addEventListener("click", (event) => {
    if (!box.parentElement.contains(event.target)) opened(false);
  });
  box.addEventListener("keydown", (event) => {
    const all = options();
    const here = all.indexOf(chosen());
    if (event.key === "Escape") opened(false);
    else if (event.key === "Enter" && !list.hidden && here >= 0) {
      event.preventDefault();
      all[here].click();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && all.length) {
      event.preventDefault();
      opened(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      // Before the first and after the last comes the box itself, with what was typed.
      const places = [null, ...all];
      choose(places.at((here + 1 + step) % places.length));
    }
  });
}

/* Five minutes before the session ends, any key extends it; other tabs hear of it. */
const seconds = Number(document.body.dataset.sessionExpires);
if (seconds) {
  const WARNING_MS = 5 * 60 * 1000;
  const EXTENDED = "session-extended";
  const box = document.getElementById("timeout");
  const form = box.querySelector("[data-timeout-form]");
  let timers = [];

  const show = (part) => {
    box.hidden = !part;
    for (const name of ["warning", "over"]) box.querySelector(`[data-timeout-${name}]`).hidden = name !== part;
    form.hidden = part !== "warning";
  };
  const start = () => {
    timers.forEach(clearTimeout);
    show(null);
    timers = [
      setTimeout(() => show("warning"), Math.max(seconds * 1000 - WARNING_MS, 0)),
      setTimeout(() => show("over"), seconds * 1000),
    ];
  };
  const extended = () => {
    start();
    localStorage.setItem(EXTENDED, String(Date.now()));
  };
  const extend = async () => {
    const answer = await fetch(document.body.dataset.keepAlive, { method: "POST", body: new FormData(form) });
    if (answer.ok && !answer.redirected) extended();
    else show("over");
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    extend();
  });
  document.addEventListener("keydown", () => {
    if (!box.hidden && !form.hidden) extend();
  });
  document.addEventListener("htmx:after:request", extended);
  window.addEventListener("storage", (event) => {
    if (event.key === EXTENDED) start();
  });
  extended();
}
