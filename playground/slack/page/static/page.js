// Keeps the page true without a reload. The server renders everything; this swaps what changed,
// and never takes away what somebody types, has open or has focused.
"use strict";

const live = document.getElementById("live");
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const byId = (id, within = document) => id && all("[data-id]", within).find((e) => e.dataset.id === id);

/* ---- Talking to the server ---- */

async function get(url) {
  const response = await fetch(url, { headers: { accept: "text/html, application/json" } });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

// Send a form as *submitter* would; what went wrong comes back as {problem, errors}.
async function act(url, body) {
  try {
    const response = await fetch(url, { method: "POST", body, headers: { accept: "application/json" } });
    const outcome = await response.json();
    if (outcome.open) location.assign(outcome.open);
    return outcome;
  } catch {
    return { problem: "This local workspace does not answer. Is it still running?", errors: {} };
  }
}

/* ---- Swapping ---- */

// Whether somebody is in the middle of something in there: typing, choosing, asked to confirm.
function busy(element) {
  const field = document.activeElement;
  const types = field?.matches("textarea, select, input:not([type=checkbox], [type=radio])");
  const amid = types && !("settled" in field.dataset) && element.contains(field);
  return amid || find("dialog[open], details.menu[open]", element) !== null;
}

// Remember what has focus and what was typed in *element*; the result puts it back.
function keep(element) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const mark = focused && (focused.dataset.id || focused.id);
  const opened = all("details:not(.menu)", element).map((each) => each.open);
  const pages = all("[data-paged]", element).map((each) => Number(each.dataset.paged));
  const typed = all("[data-dirty]", element).map((e) => [e.dataset.id, e.value, e.checked]);
  return (now) => {
    for (const [id, value, checked] of typed) {
      const field = byId(id, now);
      if (!field) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = checked;
      else field.value = value;
      field.dataset.dirty = "";
    }
    all("details:not(.menu)", now).forEach((each, index) => (each.open = opened[index] ?? each.open));
    all("[data-paged]", now).forEach((each, index) => turn(each, pages[index] ?? 0));
    if (focused) (byId(mark, now) || find(`[id="${CSS.escape(mark || "-")}"]`, now) || find("[tabindex]", now))?.focus({ preventScroll: true });
  };
}

// Show one page of a data table's rows; a page that is not there any more is the last one.
function turn(table, wanted) {
  const last = Number(table.dataset.last);
  const page = Math.max(0, Math.min(wanted, last));
  table.dataset.paged = page;
  for (const row of all("[data-page]", table)) row.hidden = Number(row.dataset.page) !== page;
  const shown = find("[data-rows]", table);
  if (!shown) return;
  const { rows, of } = shown.dataset;
  shown.textContent = `${page * rows + 1} to ${Math.min((page + 1) * rows, of)} of ${of}`;
  find("[data-turn='-1']", table).disabled = page === 0;
  find("[data-turn='1']", table).disabled = page === last;
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// Run *update* now, and once more where it was asked for while it ran.
function once(update) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) return void (again = true);
    running = true;
    try {
      await update();
    } catch (error) {
      console.warn("The page could not be brought up to date:", error.message);
    }
    running = false;
    if (again) {
      again = false;
      run();
    }
  };
}

function listUpdater(list) {
  return async () => {
    const items = new Map(all(":scope > li", list).map((each) => [each.dataset.key, each]));
    const known = [...items].map(([key, item]) => `${key}~${item.dataset.mark}`);
    const { order, html } = await (await get(`${list.dataset.list}&known=${encodeURIComponent(known)}`)).json();
    const scroller = list.closest("[data-scroller]");
    const atEnd = scroller && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
    for (const [key, item] of items) {
      const isOlder = "keepsOlder" in list.dataset && order.length && key < order[0];
      if (!order.includes(key) && !isOlder) item.remove();
    }
    let previous = null;
    let answer = null;
    for (const key of order) {
      const old = items.get(key);
      let item = old;
      if (key in html) {
        if (old && busy(old)) {
          waiting.add(list);
        } else {
          item = find("li", fragment(html[key]));
          const restore = old && keep(old);
          if (old) old.replaceWith(item);
          restore?.(item);
          if (!old) announce(item);
          if (!old && find(".ephemeral", item)) answer = item;
        }
      }
      const place = previous ? previous.nextElementSibling : find(":scope > li", list);
      if (item !== place && (!old || !item.isConnected)) list.insertBefore(item, previous ? place : olderEnd(list, order));
      previous = item;
    }
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
    // A person who pressed a button further up waits for what only they read.
    else answer?.scrollIntoView({ block: "nearest" });
  };
}

// Where the first of *order* belongs: behind the older messages that the server no longer lists.
function olderEnd(list, order) {
  const items = all(":scope > li", list);
  if (!("keepsOlder" in list.dataset)) return items[0] || null;
  return items.find((each) => each.dataset.key >= order[0]) || null;
}

// What could not be swapped yet is tried again when they have finished in there.
const waiting = new Set();
function retry() {
  const elements = [...waiting];
  waiting.clear();
  for (const element of elements) updaters.get(element)();
}
document.addEventListener("focusout", () => setTimeout(retry));

// Say it to those who listen: all of it where the browser can say it without writing it down again.
function announce(item) {
  const { said, author } = find("[data-said]", item)?.dataset ?? {};
  if (!said) return;
  if (document.ariaNotify) document.ariaNotify(`${author}: ${said}`);
  else live.textContent = `New message from ${author}`;
}

function regionUpdater(region) {
  let shown = null;
  return async () => {
    const html = await (await get(region.dataset.region)).text();
    if (html === shown) return;
    if (busy(region)) return void waiting.add(region);
    shown = html;
    const restore = keep(region);
    region.replaceChildren(fragment(html));
    restore(region);
  };
}

/* ---- Modals ---- */

let opener = null;

function modalUpdater(holder) {
  return async () => {
    const html = await (await get(holder.dataset.modals)).text();
    const next = find("dialog", fragment(html));
    const now = find(":scope > dialog", holder);
    if (now && next && now.dataset.view === next.dataset.view && now.dataset.mark === next.dataset.mark) return;
    if (now && next && now.dataset.view === next.dataset.view) {
      const restore = keep(now);
      const top = find(".content", now).scrollTop;
      now.replaceChildren(...next.childNodes);
      now.dataset.mark = next.dataset.mark;
      find(".content", now).scrollTop = top;
      return restore(now);
    }
    if (!now && !next) return;
    if (now) now.close();
    holder.replaceChildren(...(next ? [next] : []));
    if (next) show(next);
    else giveBack();
  };
}

function show(dialog) {
  dialog.close();
  dialog.showModal();
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    find(".buttons [data-close]", dialog).click();
  });
  const first = find("[autofocus]", dialog) || find(".content input:not([type=hidden]), .content select, .content textarea", dialog);
  (first || find("[data-submit]", dialog) || find("[data-close]", dialog))?.focus();
}

function giveBack() {
  const element = byId(opener) || find("[data-composer]") || find("#content");
  element?.focus({ preventScroll: true });
  opener = null;
}

// Show a modal's complaints under its fields.
function complain(form, errors) {
  all("[data-error]", form).forEach((each) => (each.hidden = true));
  all("[aria-invalid]", form).forEach((each) => each.removeAttribute("aria-invalid"));
  let first = null;
  for (const [block, message] of Object.entries(errors)) {
    const place = all("[data-block]", form).find((each) => each.dataset.block === block);
    const line = place && find("[data-error]", place);
    if (!line) continue;
    line.textContent = message;
    line.hidden = false;
    const fields = all("input, select, textarea", place);
    fields.forEach((each) => each.setAttribute("aria-invalid", "true"));
    first ||= fields[0];
  }
  first?.focus();
}

/* ---- What people do ---- */

// Show *text* beside what was used: in its block, its composer, or its modal.
function problem(element, text) {
  const form = element.closest("form");
  const block = element.closest(".block") || find(".said", element.closest("article") || form) || form;
  let line = find("[data-problem]", block);
  if (!line && text) {
    line = document.createElement("p");
    line.className = "problem";
    line.dataset.problem = "";
    line.setAttribute("role", "alert");
    block.append(line);
  }
  if (!line) return;
  line.hidden = !text;
  line.textContent = text;
}

// Ask before an element is used, where it has something to ask.
function confirmed(element) {
  const dialog = element.dataset.confirm && document.getElementById(element.dataset.confirm);
  if (!dialog) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.onclick = dialog.oncancel = null;
      dialog.close();
      element.focus();
      resolve(answer);
    };
    dialog.onclick = (event) => {
      if (event.target.closest("[data-yes]")) end(true);
      else if (event.target.closest("[data-no]")) end(false);
    };
    dialog.oncancel = (event) => {
      event.preventDefault();
      end(false);
    };
    dialog.showModal();
    find("[data-no]", dialog).focus();
  });
}

async function use(element, url, body) {
  if (element.ariaBusy === "true" || !(await confirmed(element))) return false;
  if (element.dataset.id && !element.closest("dialog")) opener = element.dataset.id;
  element.closest("details.menu")?.removeAttribute("open");
  problem(element, "");
  element.ariaBusy = "true";
  const outcome = await act(url, body);
  element.ariaBusy = null;
  retry();
  const now = element.isConnected ? element : byId(element.dataset.id) || element;
  problem(now, outcome.problem);
  return !outcome.problem;
}

async function submit(form, button) {
  const body = new FormData(form);
  button.disabled = true;
  button.ariaBusy = "true";
  problem(form, "");
  const outcome = await act(form.action, body);
  button.disabled = false;
  button.ariaBusy = null;
  problem(form, outcome.problem);
  complain(form, outcome.errors);
  if (outcome.problem) button.focus();
  refresh("views");
}

async function say(form) {
  const box = find("[data-composer]", form);
  const body = new FormData(form);
  if (!box.value.trim()) return;
  const text = box.value;
  box.value = "";
  grow(box);
  opener = null;
  const outcome = await act(form.action, body);
  problem(form, outcome.problem);
  if (outcome.problem && !box.value) box.value = text;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.method !== "post") return;
  event.preventDefault();
  if (form.matches(".composer") && !button?.formAction.includes("/shortcut?")) return void say(form);
  if (form.closest("dialog.modal") && !button?.hasAttribute("formaction")) return void submit(form, find("[data-submit]", form));
  const close = button?.hasAttribute("data-close");
  // Without the attribute, formAction is the page's own address.
  const url = button.hasAttribute("formaction") ? button.formAction : form.action;
  use(button, url, new FormData(form, button)).then(() => close && refresh("views"));
});

document.addEventListener("input", (event) => {
  const field = event.target;
  field.dataset.dirty = "";
  if (field.matches("[data-composer]")) grow(field);
  if (field.matches("[data-suggest]")) suggest(field);
});

// The app hears of a choice at once; a typed text does so with Enter, or when it is left.
document.addEventListener("change", async (event) => {
  const field = event.target;
  if (field.id === "drawer") return drawer(field.checked);
  if (field.id === "actor") return field.form.submit();
  field.dataset.settled = "";
  if (!field.dataset.use || field.tagName === "A") return;
  const before = field.dataset.before ?? [...(field.options || [])].find((o) => o.defaultSelected)?.value;
  const done = await use(field, field.dataset.use, new FormData(field.form));
  if (done) field.dataset.before = field.value;
  else if (field.tagName === "SELECT" && !field.multiple) field.value = before ?? "";
});

// The channels, which a narrow screen has behind a button.
function drawer(isOpen) {
  const button = document.getElementById("drawer");
  button.checked = isOpen;
  button.setAttribute("aria-pressed", isOpen);
}

for (const kind of ["mousedown", "keydown"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.dataset) delete event.target.dataset.settled;
  });
}

document.addEventListener("click", (event) => {
  if (!event.target.closest(".side, #drawer")) drawer(false);
  const step = event.target.closest("[data-turn]");
  const table = step?.closest("[data-paged]");
  if (table) turn(table, Number(table.dataset.paged) + Number(step.dataset.turn));
  const link = event.target.closest("a[data-use]");
  if (link) act(link.dataset.use, new FormData());
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

/* ---- Composer: Enter sends, / completes ---- */

function grow(box) {
  box.style.height = "";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
  complete(box);
}

const completion = document.getElementById("completion");
const offered = () => all("[role=option]", completion).filter((each) => !each.hidden);

function complete(box) {
  if (!completion || !box.form.contains(completion)) return;
  const [typed, ...rest] = box.value.split(" ");
  for (const each of all("[role=option]", completion)) {
    each.hidden = !each.dataset.command.startsWith(typed) || (rest.length > 0 && each.dataset.command !== typed);
  }
  completion.hidden = !box.value.startsWith("/") || offered().length === 0;
  choose(box, completion.hidden ? null : offered()[0]);
}

function choose(box, option) {
  for (const each of all("[role=option]", completion)) each.setAttribute("aria-selected", each === option);
  if (option) box.setAttribute("aria-activedescendant", option.id);
  else box.removeAttribute("aria-activedescendant");
}

function take(box, option) {
  box.value = `${option.dataset.command} `;
  box.focus();
  grow(box);
}

completion?.addEventListener("mousedown", (event) => {
  const option = event.target.closest("[role=option]");
  event.preventDefault();
  if (option) take(find("[data-composer]", completion.closest("form")), option);
});

function completes(event, box) {
  if (!completion || completion.hidden || !box.form.contains(completion)) return false;
  const list = offered();
  const at = list.findIndex((each) => each.ariaSelected === "true");
  const isTyped = list.some((each) => box.value.split(" ")[0] === each.dataset.command);
  if (event.key === "Escape") completion.hidden = true;
  else if (event.key === "ArrowDown") choose(box, list[(at + 1) % list.length]);
  else if (event.key === "ArrowUp") choose(box, list[(at - 1 + list.length) % list.length]);
  else if ((event.key === "Tab" || event.key === "Enter") && !isTyped && list[at]) take(box, list[at]);
  else return false;
  event.preventDefault();
  return true;
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Escape") {
    drawer(false);
    const menu = field.closest?.("details.menu[open]");
    if (menu) {
      menu.open = false;
      find("summary", menu).focus();
      event.preventDefault();
    }
  }
  if (field.matches?.("[data-composer]")) {
    if (completes(event, field)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      field.form.requestSubmit(find(".send", field.form));
    }
  }
  if (event.key === "Enter" && field.matches?.("dialog textarea") && (event.ctrlKey || event.metaKey)) {
    field.form.requestSubmit(find("[data-submit]", field.form));
  }
});

/* ---- External selects ---- */

let asked = 0;
async function suggest(search) {
  const select = find("select", search.parentElement);
  if (search.value.length < Number(search.dataset.least)) return;
  const number = ++asked;
  const found = await (await get(`${search.dataset.suggest}&typed=${encodeURIComponent(search.value)}`)).json();
  if (number !== asked) return;
  const kept = [...select.options].filter((each) => each.selected || !each.value);
  const options = found
    .filter(([value]) => !kept.some((each) => each.value === value))
    .map(([value, name]) => new Option(name, value));
  select.replaceChildren(...kept, ...options);
}
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-suggest][data-least='0']")) suggest(event.target);
});

/* ---- Changes, as the server reports them ---- */

const updaters = new Map();
for (const each of all("[data-list]")) updaters.set(each, once(listUpdater(each)));
for (const each of all("[data-region]")) updaters.set(each, once(regionUpdater(each)));
for (const each of all("[data-modals]")) updaters.set(each, once(modalUpdater(each)));

function concerns(element, topic) {
  const [kind, which] = topic.split(" ");
  return element.dataset.topics.split(" ").some((each) => each === kind || each === `${kind}:${which}`);
}

function refresh(topic) {
  for (const [element, update] of updaters) if (topic === "*" || concerns(element, topic)) update();
}

// Many changes at once are one swap.
const changed = new Set();
function hear(topic) {
  if (topic === "everything") return location.reload();
  if (!changed.size) {
    setTimeout(() => {
      const topics = [...changed];
      changed.clear();
      for (const [element, update] of updaters) if (topics.some((each) => concerns(element, each))) update();
    }, 40);
  }
  changed.add(topic);
}

let wasLost = false;
const events = new EventSource(document.body.dataset.events);
events.onmessage = (event) => hear(JSON.parse(event.data));
events.onerror = () => (wasLost = true);
events.onopen = () => {
  refresh("*");
  if (wasLost) live.textContent = "Connected to the workspace again.";
  wasLost = false;
};
addEventListener("pagehide", () => events.close());

/* ---- At the start ---- */

for (const each of all("[data-scroller]")) each.scrollTop = each.scrollHeight;
document.getElementById(`m-${location.hash.slice(1)}`)?.scrollIntoView();
const modal = find("#modals > dialog");
if (modal) show(modal);
const opens = find("[data-opens-home]");
if (opens) act(opens.action, new FormData(opens));
const wanted = find("#wanted");
wanted?.addEventListener("input", () => {
  const list = find(".calls");
  list.dataset.list = list.dataset.list.replace(/wanted=.*$/, `wanted=${encodeURIComponent(wanted.value)}`);
  list.replaceChildren();
  updaters.get(list)();
});
if (!matchMedia("(max-width: 700px)").matches && !modal) (find("[data-panel] [data-composer]") || find("main [data-composer]"))?.focus({ preventScroll: true });
