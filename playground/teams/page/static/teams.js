// Brings the page up to date as things change, and sends what people do. Everything works by
// plain forms too, apart from what unfolds.
"use strict";

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const live = (text) => (find("#live").textContent = text);

// Whether somebody is in the middle of something in there: a form was written in, a menu is open.
const busy = (item) => find("[data-dirty], details.menu[open]", item) !== null;

let waiting = false;
let running = false;

async function update() {
  const list = find("[data-list]");
  if (running) return void (waiting = true);
  running = true;
  try {
    const items = new Map(all(":scope > li", list).map((each) => [each.dataset.key, each]));
    const known = [...items].map(([key, item]) => `${key}~${item.dataset.mark}`);
    const answer = await fetch(`${list.dataset.list}?known=${encodeURIComponent(known)}`);
    const { order, html } = await answer.json();
    const scroller = find("[data-scroller]");
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
    for (const [key, item] of items) if (!order.includes(key)) item.remove();
    let previous = null;
    for (const key of order) {
      let item = items.get(key);
      if (key in html && !(item && busy(item))) item = draw(key, html[key], item);
      if (item && item.previousElementSibling !== previous) previous ? previous.after(item) : list.prepend(item);
      previous = item ?? previous;
    }
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  } catch (error) {
    console.warn("The page could not be brought up to date:", error.message);
  }
  running = false;
  if (waiting) {
    waiting = false;
    update();
  }
}

async function freshen() {
  const region = find("[data-region]");
  const focused = region.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  try {
    region.innerHTML = await (await fetch(region.dataset.region)).text();
  } catch (error) {
    console.warn("The channels could not be brought up to date:", error.message);
  }
  if (focused) find(`[data-id="${CSS.escape(focused)}"]`, region)?.focus({ preventScroll: true });
}

function draw(key, { html, mark }, old) {
  const item = document.createElement("li");
  item.dataset.key = key;
  item.dataset.mark = mark;
  item.innerHTML = html;
  const focused = old?.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const hadFocus = old?.contains(document.activeElement);
  const open = old ? all("[aria-expanded=true]", old).map((each) => each.dataset.id) : [];
  if (old) old.replaceWith(item);
  else find("[data-list]").append(item);
  for (const id of open) {
    const button = find(`[data-id="${CSS.escape(id)}"]`, item);
    if (button?.matches("[data-show], [data-toggle]")) unfold(button, true);
  }
  if (hadFocus) (find(`[data-id="${CSS.escape(focused || "-")}"]`, item) || find("article", item)).focus({ preventScroll: true });
  const said = find(".emphasis", item);
  live(said ? said.innerText : `${find(".name", item).innerText}: ${find(".text, .part", item)?.innerText ?? ""}`);
  return item;
}

function unfold(button, open) {
  const ids = (button.dataset.show || button.dataset.toggle).trim().split(" ");
  button.setAttribute("aria-expanded", String(open));
  for (const id of ids) {
    const part = document.getElementById(id);
    if (part) part.hidden = !open;
  }
}

async function send(form, url, submitter) {
  const problem = find("[data-problem]", form);
  problem.hidden = true;
  for (const each of all(".error", form)) each.hidden = true;
  for (const each of all("[aria-invalid]", form)) each.removeAttribute("aria-invalid");
  for (const each of all("details.menu[open]", form)) each.open = false;
  submitter?.setAttribute("aria-busy", "true");
  let outcome;
  try {
    const answer = await fetch(url, { method: "POST", body: new FormData(form), headers: { accept: "application/json" } });
    outcome = await answer.json();
  } catch {
    outcome = { errors: {}, problem: "The local Teams does not answer. Is it still running?" };
  }
  submitter?.removeAttribute("aria-busy");
  for (const [id, text] of Object.entries(outcome.errors)) {
    const part = find(`[data-input="${CSS.escape(id)}"]`, form);
    const error = find(".error", part);
    error.textContent = text;
    error.hidden = false;
    for (const each of all("input, select, textarea", part)) each.setAttribute("aria-invalid", "true");
  }
  const first = Object.keys(outcome.errors)[0];
  if (first) find(`[data-input="${CSS.escape(first)}"] :is(input, select, textarea)`, form)?.focus();
  if (outcome.problem || outcome.said) {
    problem.textContent = outcome.problem || outcome.said;
    problem.classList.toggle("news", !outcome.problem);
    problem.hidden = false;
  }
  if (!first && !outcome.problem) for (const each of all("[data-dirty]", form)) delete each.dataset.dirty;
  return !first && !outcome.problem;
}

document.addEventListener("input", (event) => {
  if (event.target.closest("[data-press]")) event.target.dataset.dirty = "";
});

document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const button = event.target.closest("[data-show], [data-toggle]");
  if (!button) return;
  const open = button.getAttribute("aria-expanded") !== "true";
  if (button.dataset.show && open) {
    for (const each of all("[data-show][aria-expanded=true]", button.closest("form"))) unfold(each, false);
  }
  unfold(button, open);
  if (open && button.dataset.show) {
    const part = document.getElementById(button.dataset.show);
    find("input, textarea, select, button", part)?.focus();
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-press], [data-say]")) return;
  event.preventDefault();
  const sent = await send(form, event.submitter?.formAction || form.action, event.submitter);
  if (sent && form.matches("[data-say]")) form.reset();
  update();
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
  if (menu) {
    menu.open = false;
    find("summary", menu).focus();
  }
  if (event.key === "Enter" && !event.shiftKey && event.target.matches("[data-say] textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

find("#drawer").addEventListener("change", (event) => event.target.setAttribute("aria-pressed", String(event.target.checked)));
find("#actor").addEventListener("change", (event) => event.target.form.submit());
const scroller = find("[data-scroller]");
scroller.scrollTop = scroller.scrollHeight;
const changes = new EventSource(document.body.dataset.events);
// What came before it was heard.
changes.onopen = () => {
  update();
  freshen();
};
changes.onmessage = (event) => {
  const topic = JSON.parse(event.data);
  const isHere = topic === `channel ${document.body.dataset.here}` || topic === "everything";
  if (isHere) update();
  if (topic !== "calls" && (topic === "everything" || !isHere)) freshen();
};
