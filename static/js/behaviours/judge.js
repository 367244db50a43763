// The judge's page: one entry at a time, scores by a tap, and nothing lost when the line is.
// What the server holds stands in data-given of each entry's `own` part; what is still in the outbox is laid over it.
// So a chip is drawn from these two alone, also after a reload, and never from what was last pressed.
import { owner, recall, remember } from "./store.js";

const ASK = 6000; // milliseconds between two questions what is going on
const QUIET = 8000; // a question without an answer by then has none
const TYPING = 1200; // a pause after which a note is saved
const HALF = 0.5;
const ASKING = { "HX-Request": "true", "X-Person": owner }; // whoever else came in on this device gets no answer here

let onTheWay = []; // as the outbox says
let asking = false;
let renewing = null;
let reading = null; // a text that is being typed, and not yet in the outbox
let noteDue = null;

const sheets = () => [...document.querySelectorAll("article.sheet")];
const nowPart = () => document.getElementById("now");
const sheetOf = (element) => element.closest("article.sheet");

// --- One entry at a time

function turnTo() {
  const shown = document.getElementById(location.hash.slice(1));
  const entry = shown?.matches?.("article.sheet") ? shown : null;
  document.body.dataset.view = entry ? "entry" : "list";
  for (const each of sheets()) each.classList.toggle("current", each === entry);
  for (const link of document.querySelectorAll(".lines a")) {
    if (entry && link.hash === `#${entry.id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const there = document.querySelector("#now a");
  if (there) there.hidden = there.hash === location.hash;
  return entry;
}

addEventListener("hashchange", () => {
  const entry = turnTo();
  window.scrollTo(0, 0);
  (entry ?? document.getElementById("main")).focus({ preventScroll: true });
});

// --- What is tapped goes into the outbox, through one hidden form

function sendOff(kind, url, fields, mark) {
  const form = document.getElementById("send");
  form.setAttribute("action", url);
  form.dataset.outbox = kind;
  form.dataset.outboxMark = mark;
  form.replaceChildren(
    ...Object.entries(fields).map(([name, value]) => {
      const field = document.createElement("input");
      [field.type, field.name, field.value] = ["hidden", name, value];
      return field;
    }),
  );
  form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}

function giveScore(block, value) {
  if (value === block.dataset.value) return;
  const url = block.closest("form").getAttribute("action");
  sendOff("score", url, { [`score-${block.dataset.criterion}`]: value }, block.id);
}

document.addEventListener("change", ({ target }) => {
  const block = target.closest?.("[data-criterion]");
  if (!block) return;
  if (target.type === "radio") giveScore(block, target.value);
  else if (target.type === "checkbox") giveScore(block, withHalf(block, target.checked));
  else if (target.value && !target.reportValidity()) drawBlock(block, block.dataset.value ?? "");
  else giveScore(block, target.value && String(Number(target.value)));
});

function withHalf(block, half) {
  const whole = Math.floor(Number(block.dataset.value));
  return String(half ? whole + HALF : whole);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-clear], [data-by]");
  const block = button?.closest("[data-criterion]");
  if (!block) return;
  if ("clear" in button.dataset) return giveScore(block, "");
  const field = block.querySelector("input[type=number]");
  if (field.value === "") field.value = Number(button.dataset.by) > 0 ? field.min : field.max;
  else Number(button.dataset.by) > 0 ? field.stepUp() : field.stepDown();
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// Enter in a field isn't the Save of a browser without scripts.
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".scores, .private")) return;
  event.preventDefault();
  document.activeElement?.blur();
});

// --- The private note, saved as it is typed

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.(".private textarea")) return;
  reading = target;
  remember(typedKey(target.form), JSON.stringify(target.value));
  clearTimeout(noteDue);
  noteDue = setTimeout(saveNote, TYPING);
});

function saveNote() {
  clearTimeout(noteDue);
  if (!reading) return;
  const form = reading.form;
  const text = reading.value;
  reading = null;
  sendOff("note", form.getAttribute("action"), { note: text }, form.id);
}

document.addEventListener("focusout", saveNote);
addEventListener("pagehide", saveNote);

// A page that closes at once takes what was just typed along: it is written down at each key, until it has arrived.
const typedKey = (form) => `typed:${owner}:${form.id}`;
const leaving = new Set(); // notes that were in the outbox a moment ago

function forgetArrived() {
  const going = new Set(onTheWay.filter(({ kind }) => kind === "note").map(({ mark }) => mark));
  for (const id of leaving) {
    if (!going.has(id) && reading?.form.id !== id) remember(typedKey({ id }), "");
  }
  leaving.clear();
  for (const id of going) leaving.add(id);
}

function takeUpNotes() {
  for (const form of document.querySelectorAll(".private")) {
    const typed = recall(typedKey(form));
    const area = form.querySelector("textarea");
    if (!typed || area.readOnly || JSON.parse(typed) === area.value) continue;
    area.value = JSON.parse(typed);
    reading = area;
    saveNote();
  }
}

// --- Drawing: what the server holds, with what is on its way laid over it

document.addEventListener("outbox:change", ({ detail }) => {
  onTheWay = detail;
  forgetArrived();
  drawSheets();
});

function drawSheets() {
  const stage = nowPart()?.dataset.presenting;
  for (const sheet of sheets()) {
    drawSheet(
      sheet,
      onTheWay.filter(({ url }) => url?.includes(`/judging/${sheet.dataset.entry}/`)),
    );
    sheet.classList.toggle("on-stage", sheet.dataset.entry === stage);
    document.getElementById(`line-${sheet.dataset.entry}`)?.classList.toggle("on-stage", sheet.dataset.entry === stage);
  }
  turnTo();
  const told = document.querySelector("[data-reminder]");
  if (told) told.hidden = recall(`reminded:${owner}`) === told.dataset.reminder;
}

function drawSheet(sheet, items) {
  const own = sheet.querySelector(".own");
  const given = JSON.parse(own.dataset.given);
  let state = own.dataset.state;
  for (const { kind, fields } of items) {
    for (const [name, value] of fields) {
      if (kind === "score") given[name.replace("score-", "")] = value;
      if (kind === "note" && reading !== noteOf(sheet)) noteOf(sheet).value = value;
      if (name !== "on") continue;
      state = value === "1" ? { recusal: "recused", abstention: "abstained" }[kind] : "open";
    }
    if (kind === "score") state = "begun";
  }
  const left = state !== sheet.dataset.state && ["recused", "abstained"].includes(state);
  sheet.dataset.state = state;
  if (left && sheet.classList.contains("current")) window.scrollTo(0, 0); // the page has become short
  own.classList.toggle(
    "is-going",
    items.some(({ kind }) => kind === "score"),
  );
  const stateOfLine = document.querySelector(`#line-${sheet.dataset.entry} .state`);
  if (items.length && stateOfLine) stateOfLine.dataset.going = document.getElementById("outbox").dataset.onItsWay;
  for (const block of sheet.querySelectorAll("[data-criterion]"))
    drawBlock(block, given[block.dataset.criterion] ?? "");
}

const noteOf = (sheet) => sheet.querySelector(".private textarea");

function drawBlock(block, value) {
  block.dataset.value = value;
  block.querySelector(".value").textContent = value;
  const whole = value && String(Math.floor(Number(value)));
  for (const chip of block.querySelectorAll("input[type=radio]")) chip.checked = chip.value === whole && value !== "";
  const top = [...block.querySelectorAll(".chips input")].pop()?.value;
  const half = block.querySelector(".half input");
  if (half) [half.checked, half.disabled] = [value !== whole, value === "" || whole === top];
  const field = block.querySelector("input[type=number]");
  if (field && document.activeElement !== field) field.value = value;
  const clear = block.querySelector("[data-clear]");
  if (clear) clear.hidden = value === "";
  drawAnchor(block, value);
}

// The words of the score, or of the nearest one below it.
function drawAnchor(block, value) {
  const reached = [...block.querySelectorAll("[data-from]")].find(
    ({ dataset }) => value !== "" && Number(dataset.from) <= Number(value),
  );
  const words = block.querySelector(".anchor");
  const said = reached?.querySelector("dd").textContent ?? "";
  if (words.textContent !== said) words.textContent = said;
  for (const each of block.querySelectorAll("[data-from]")) each.classList.toggle("reached", each === reached);
}

// --- What goes on in the room, and whether this page is behind

async function askNow() {
  if (asking || document.visibilityState !== "visible") return;
  asking = true;
  const patience = new AbortController();
  const end = setTimeout(() => patience.abort(), QUIET);
  try {
    const url = `${location.pathname}/now?seen=${nowPart().dataset.seen}`;
    const answer = await fetch(url, {
      headers: ASKING,
      cache: "no-store",
      redirect: "manual",
      signal: patience.signal,
    });
    if (!answer.headers.get("X-Facilitator")) throw new TypeError("not ours");
    const text = await answer.text();
    sayLine("live");
    if (answer.ok && text) showPart("now", text);
    else if (!answer.ok) showPart("notice", text, "innerHTML");
    if (answer.ok) await renewIfBehind();
  } catch {
    sayLine("off");
  } finally {
    clearTimeout(end);
    asking = false;
  }
}

function sayLine(state) {
  const words = document.getElementById("line");
  document.body.dataset.line = state;
  if (words.textContent !== words.dataset[`${state}Text`]) words.textContent = words.dataset[`${state}Text`];
  document.dispatchEvent(new CustomEvent("live:line", { detail: state }));
}

// In a room this is live.js's doing; a judge's page has no room.
document.addEventListener("live:show", ({ detail: { id, text, swap } }) => {
  const target = id ? document.getElementById(id) : document.body;
  if (target) window.htmx.swap({ sourceElement: target, target, text, swap });
});

function showPart(id, text, swap = "outerMorph") {
  document.dispatchEvent(new CustomEvent("live:show", { detail: { id, text, swap } }));
}

// Another tab or device of the same judge, or the facilitator, changed something: never while something is unsent.
async function renewIfBehind() {
  if (onTheWay.length || reading) return;
  const { base, marks } = nowPart().dataset;
  const known = JSON.parse(marks);
  const behind = sheets().some((sheet) => known[sheet.dataset.entry] !== sheet.querySelector(".own").dataset.mark);
  if (behind || base !== document.getElementById("judging").dataset.base) await renewPage();
}

async function renewPage() {
  const answer = await fetch(location.pathname, { headers: { "X-Person": owner }, cache: "no-store" });
  if (!answer.ok || !answer.headers.get("X-Facilitator")) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (onTheWay.length || reading) return;
  for (const id of ["now", "judging"]) showPart(id, fresh.getElementById(id).outerHTML);
  fetchPictures();
}

// Something was refused, or its answer shows nothing by itself.
document.addEventListener("live:missed", () => {
  clearTimeout(renewing);
  renewing = setTimeout(() => renewPage().catch(() => null), 50);
});
document.addEventListener("htmx:after:swap", drawSheets);
document.addEventListener("live:silent", () => sayLine("off"));
document.addEventListener("live:heard", () => document.body.dataset.line === "off" && sayLine("live"));
document.addEventListener("visibilitychange", askNow);
addEventListener("online", askNow);
addEventListener("offline", () => sayLine("off"));
// Nothing would be lost, but reloaded without a line the page is the browser's own error, and nobody can go on.
addEventListener("beforeunload", (event) => {
  if (onTheWay.length && document.body.dataset.line === "off") event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  const told = target.closest?.("[data-dismiss]")?.closest("[data-reminder]");
  if (!told) return;
  remember(`reminded:${owner}`, told.dataset.reminder);
  told.hidden = true;
});

// --- Pictures: large at a tap, and all of them here before the line is gone

const large = document.getElementById("large");

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-large]");
  if (link && large.showModal) {
    event.preventDefault();
    [large.querySelector("img").src, large.querySelector("img").alt] = [link.href, link.querySelector("img").alt];
    large.showModal();
  } else if (event.target.closest?.("#large")) {
    large.close();
  }
});

async function fetchPictures() {
  if (navigator.connection?.saveData) return;
  for (const picture of document.querySelectorAll("img[loading=lazy]")) {
    picture.loading = "eager";
    if (!picture.complete) await new Promise((go) => (picture.onload = picture.onerror = go));
  }
}

drawSheets();
takeUpNotes();
setInterval(askNow, ASK);
addEventListener("load", fetchPictures);
