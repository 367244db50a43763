// What a resident sends stays on the phone until the server has said that it is kept there.
//
// A form with data-outbox="KIND" isn't sent by the browser: its fields are queued, shown as on their way, and leave in
// order, one at a time, each under an id of its own, so that what was sent twice is there once. Only an answer that
// says `kept` or `refused` ends the waiting (facilitator/web/answers.py); anything else, or nothing, prolongs it.
//   data-outbox-into     id of the element that the answer replaces; without it the answer names its targets itself
//   data-outbox-mark     id of the element that is marked as on its way
//   data-outbox-undoes   id of something sent before: while that is still waiting untried, the two cancel each other
//   data-outbox-quick    it may go over the open socket (words only); what isn't kept there at once goes over HTTP
//   data-outbox-refused  on the form or around it: words with {count}, for several of a kind that were refused
// A button of the form may carry the same marks, an address (formaction) and a name and value of its own: one form
// stands around a whole ballot, and what is marked then is the line (data-own) that the button stands in.
// A kind with a picture of its own for what is on its way listens to `outbox:change`.
import { forgetDraft, giveBack } from "./drafts.js";
import { alone } from "./lease.js";
import { all, drop, keep, owner, recall, remember } from "./store.js";
import { smaller } from "./photo.js";

const ANSWER = 8000; // milliseconds until a send without an answer is given up and tried again
const DOUBT = 3000; // until the person is told
const SLOWEST = 15_000; // between two tries
const SPREAD = 700;
const GLAD = 5000; // how long it says that all has arrived
const SLOW_LINE = 20; // bytes of a photo per millisecond
const PREFIX = `out:${owner}:`;
const TURN = 16; // digits
const STIR = `stir:${owner}`;
const HOLDER = "holder"; // whose page was opened last on this phone

let queue = [];
let state = ""; // of the queue as a whole: "", waiting, later, stranger, kept
let arrived = 0; // since it was last said that something waits
let tries = 0;
let busy = false;
let asked = false; // for another round, while one is under way
let timer = null;
let line = "";
const unsaved = new Set();
const untried = new Set();
const struck = new Set(); // what was read from the store a moment ago may be done with by now
const refusals = new Map();

const waiting = () => queue.filter((item) => !item.refused);
const bar = () => document.getElementById("outbox");
// randomUUID exists on https only, and the hall's address is http.
const freshId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// --- Into the queue

let pressed = null; // older browsers don't say which button sent the form
document.addEventListener("click", ({ target }) => (pressed = target.closest?.("button")), true);

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!owner || !("outbox" in form.dataset)) return;
    event.preventDefault();
    event.stopPropagation();
    document.getElementById("notice")?.replaceChildren();
    refusals.clear();
    const button = event.submitter ?? (pressed?.form === form ? pressed : null);
    const said = { ...form.dataset, ...button?.dataset };
    if (cancelled(said.outboxUndoes)) draw();
    else enqueue(itemOf(form, button, said));
    if (form.dataset.draft) forgetDraft(form);
    form.closest("details")?.removeAttribute("open");
  },
  true,
);

function itemOf(form, button, said) {
  if (form.elements.id) form.elements.id.value = freshId();
  // The form token is added when it goes out: it may be another one by then.
  const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && (value.size ?? 1));
  if (button?.name) fields.push([button.name, button.value]);
  const { outbox: kind, outboxInto: into, outboxUndoes: undoes, draft } = said;
  const mark = said.outboxMark ?? button?.closest("[data-own]")?.id;
  const url = button?.getAttribute("formaction") ?? form.getAttribute("action");
  const count = form.closest("[data-outbox-refused]")?.dataset.outboxRefused;
  const text = form.querySelector("textarea")?.value;
  const key = PREFIX + nextTurn() + freshId();
  const quick = "outboxQuick" in said;
  return { key, id: form.elements.id?.value, url, fields, kind, quick, into, mark, undoes, count, draft, text };
}

// In the order of the taps, also when the clock is set back.
function nextTurn() {
  const last = Number(queue[queue.length - 1]?.key.slice(PREFIX.length, PREFIX.length + TURN) ?? 0);
  return String(Math.max(Date.now(), last + 1)).padStart(TURN, "0");
}

async function enqueue(item) {
  unsaved.add(item);
  untried.add(item.key);
  queue.push(item);
  draw();
  for (const field of item.fields) if (field[1] instanceof Blob) field[1] = await smaller(field[1]);
  await keep(item);
  unsaved.delete(item);
  remember(STIR, item.key);
  flush();
}

function cancelled(id) {
  const undone = id && queue.find((item) => item.id === id && untried.has(item.key));
  if (undone) strike(undone);
  return undone;
}

function strike(item) {
  struck.add(item.key);
  queue = queue.filter((each) => each.key !== item.key);
  drop(item.key).then(() => remember(STIR, `${item.key}-`));
}

async function reload() {
  const stored = await all(PREFIX);
  const before = waiting().length;
  const missing = [...unsaved].filter((item) => queue.includes(item));
  queue = [...stored.filter(({ key }) => !struck.has(key) && !missing.some((item) => item.key === key)), ...missing];
  if (waiting().length < before) document.dispatchEvent(new CustomEvent("live:missed"));
}

// --- Out of it

async function flush() {
  asked = true;
  if (busy || !waiting().length || state === "stranger") return;
  clearTimeout(timer);
  busy = true;
  do {
    asked = false;
    await alone(`sender:${owner}`, deliver).catch(() => null);
  } while (asked && !tries);
  busy = false;
  if (waiting().length) later(Math.min(SLOWEST, 1000 * 2 ** tries) * (0.5 + Math.random()));
}

function later(delay) {
  clearTimeout(timer);
  timer = setTimeout(flush, delay);
}

// Something is better now: soon, but not all phones at the same moment.
function soon() {
  tries = 0;
  if (waiting().length) later(Math.random() * SPREAD);
}

async function deliver(renew) {
  for (;;) {
    await reload();
    const [item] = waiting().filter((each) => !unsaved.has(each));
    if (!item) break;
    renew(patience(item) + 2 * ANSWER);
    untried.delete(item.key);
    if (!(await settle(item, await send(item)))) break;
    tries = 0;
  }
  draw();
}

const weight = (item) => item.fields.reduce((sum, [, value]) => sum + (value?.size ?? 0), 0);
const patience = (item) => ANSWER + weight(item) / SLOW_LINE;

async function send(item) {
  const doubt = setTimeout(doubted, DOUBT + weight(item) / SLOW_LINE / 4);
  const first = (await tap(item)) ?? (await post(item));
  const last = first.meaning === "stale" && (await renewToken()) ? await post(item) : first;
  clearTimeout(doubt);
  return last;
}

// Over the open socket only "kept" is said; whatever else became of it is asked, under the same id, over HTTP.
// A socket belongs to whoever opened it: when the phone has become somebody else's, HTTP says that nobody is known.
async function tap({ quick, url, fields }) {
  if (!quick || recall(HOLDER) !== owner) return null;
  const detail = { url, fields: Object.fromEntries(fields), owner };
  document.dispatchEvent(new CustomEvent("live:tap", { detail }));
  const text = await detail.answer?.catch(() => null);
  return typeof text === "string" ? { meaning: "kept", text } : null;
}

async function post(item) {
  const stop = new AbortController();
  const end = setTimeout(() => stop.abort(), patience(item));
  const headers = { "HX-Request": "true", "X-CSRFToken": token().content, "X-Person": owner };
  try {
    const answer = await fetch(item.url, {
      method: "POST",
      body: bodyOf(item),
      headers,
      redirect: "manual",
      signal: stop.signal,
    });
    return { meaning: answer.headers.get("X-Facilitator"), text: await answer.text() };
  } catch {
    return {};
  } finally {
    clearTimeout(end);
  }
}

function bodyOf(item) {
  const body = weight(item) ? new FormData() : new URLSearchParams();
  for (const [name, value] of item.fields) {
    if (value instanceof Blob) body.append(name, value, value.name ?? "photo.jpg");
    else if (typeof value === "string") body.append(name, value);
  }
  return body;
}

const token = () => document.querySelector('meta[name="csrf-token"]');

async function renewToken() {
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    const fresh = new DOMParser()
      .parseFromString(await answer.text(), "text/html")
      .querySelector('meta[name="csrf-token"]');
    if (answer.headers.get("X-Facilitator")) token().content = fresh.content;
    return true;
  } catch {
    return false;
  }
}

// Is the item done with, so that the next one can leave?
async function settle(item, { meaning, text }) {
  if (meaning) document.dispatchEvent(new CustomEvent("live:heard"));
  if (meaning === "kept") taken(item, text);
  else if (meaning === "refused") await refuse(item, text);
  else fail(meaning, text);
  return meaning === "kept" || meaning === "refused";
}

function taken(item, text) {
  arrived += 1;
  strike(item);
  if (text) show(item.into, text);
  else document.dispatchEvent(new CustomEvent("live:missed"));
  if (!state || waiting().length) return draw();
  say("kept");
  setTimeout(() => state === "kept" && say(""), GLAD);
}

async function refuse(item, text) {
  const photo = item.fields.find(([, value]) => value instanceof Blob)?.[1];
  const reason = wordsOf(text);
  if (item.text && !(await giveBack(item.draft, item.text, photo))) {
    item.refused = reason;
    await keep(item);
  } else {
    strike(item);
  }
  refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  show("notice", text, "innerHTML");
  if (item.count)
    document.querySelector("#notice p")?.append(` ${item.count.replace("{count}", refusals.get(reason))}`);
  document.dispatchEvent(new CustomEvent("live:missed"));
  say(waiting().length ? state : "");
}

function fail(meaning, text) {
  tries += 1;
  if (meaning !== "later" && meaning !== "stranger") return doubted();
  bar().querySelector("[data-reason]").textContent = wordsOf(text);
  say(meaning);
}

function doubted() {
  document.dispatchEvent(new CustomEvent("live:silent"));
  say("waiting");
}

const wordsOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();

function show(id, text, swap = id ? "outerMorph" : "none") {
  document.dispatchEvent(new CustomEvent("live:show", { detail: { id, text, swap } }));
}

// --- What the person sees

function say(next) {
  if (next === "waiting" && state !== "waiting") arrived = 0;
  state = next;
  draw();
}

function draw() {
  drawTexts();
  for (const marked of document.querySelectorAll("[data-going]")) delete marked.dataset.going;
  for (const { mark } of waiting()) {
    const marked = mark && document.getElementById(mark);
    if (marked) marked.dataset.going = bar().dataset.onItsWay;
  }
  bar().dataset.state = state;
  for (const words of bar().querySelectorAll("[data-count]")) {
    words.textContent = words.dataset.count.replace("{count}", state === "kept" ? arrived : waiting().length);
  }
  document.dispatchEvent(new CustomEvent("outbox:change", { detail: waiting() }));
}

// Ideas that are on their way stand where they will stand, or below the page's own part when that has moved on.
function drawTexts() {
  const [list, ...others] = document.querySelectorAll("[data-outbox-list]");
  for (const other of others) other.replaceChildren();
  list?.replaceChildren(
    ...queue
      .filter(({ text }) => text)
      .reverse()
      .map(cardOf),
  );
}

function cardOf(item) {
  const card = document.getElementById("outbox-card").content.firstElementChild.cloneNode(true);
  card.dataset.key = item.key;
  card.classList.toggle("refused", Boolean(item.refused));
  card.querySelector("p").textContent = item.text;
  card.querySelector("[data-reason]").textContent = item.refused ?? "";
  card.querySelector("[data-put-back]").hidden = !document.querySelector(`form[data-draft="${item.draft}"]`);
  const photo = item.fields.find(([, value]) => value instanceof Blob)?.[1];
  if (photo) card.querySelector("img").src = pictureOf(photo);
  else card.querySelector("img").remove();
  return card;
}

const pictures = new WeakMap();
const pictureOf = (photo) => pictures.get(photo) ?? pictures.set(photo, URL.createObjectURL(photo)).get(photo);

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-put-back], [data-discard]");
  const item = button && queue.find(({ key }) => key === button.closest("[data-key]").dataset.key);
  if (!item) return;
  const photo = item.fields.find(([, value]) => value instanceof Blob)?.[1];
  if ("discard" in button.dataset || (await giveBack(item.draft, item.text, photo))) (strike(item), draw());
  else document.querySelector(`form[data-draft="${item.draft}"] textarea`)?.focus();
});

// --- When to try again

document.addEventListener("live:line", ({ detail: now }) => {
  if (now !== "off" && line !== now) soon();
  line = now;
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && soon());
window.addEventListener("online", soon);
window.addEventListener("storage", async ({ key }) => {
  if (key !== STIR) return;
  await reload();
  if (!waiting().length) say("");
  draw();
});
document.addEventListener("htmx:after:swap", () => {
  const scene = document.getElementById("phone-bar")?.dataset.scene;
  if (scene !== shownScene && state === "later") soon();
  shownScene = scene;
  if (owner) draw();
});
document.addEventListener("outbox:ask", () => owner && draw()); // by a behaviour that came later than the page
let shownScene = document.getElementById("phone-bar")?.dataset.scene;

async function start() {
  remember(HOLDER, owner);
  await reload();
  if (waiting().length) say("waiting");
  draw();
  flush();
}

if (owner && bar()) start();
