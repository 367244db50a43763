// The live path on the screen: the only caller of Socket.IO and of htmx's swap.
// A patch names a fragment and its version; older ones are ignored. After any gap the server sends what was missed.
import { io } from "../vendor/socket.io-4.8.4.esm.min.js";

const { live, key, fragments, sceneUrl } = document.body.dataset;
const OURS = "X-Facilitator"; // on every answer of the server; a portal's or a proxy's page goes without
const POLL = 4000;
const SOON = 1000; // until the first
const PATIENCE = 3000;
const ANSWER = 8000; // a question that isn't answered by then is asked again
const DEAD = 5000; // a socket that lived through such a silence may be half open
const SPREAD = 700;
const SPREAD_EACH = 4; // milliseconds the server may take for one person's part
const NAP = 20_000; // a phone that slept longer may hold a dead socket
let held = null; // patches that arrived during a drag
let polling = null;
let scenePending = null;
let sceneTries = 0;
let answers = 0; // shown to what was sent from here
let offSince = 0;
let socket = null;

const page = Number(document.body.dataset.version);
const versions = new Map(); // of each fragment that was patched; the others are as old as the page

function isOld({ id, v }) {
  return v < (versions.get(id) ?? page);
}

function take(patch) {
  if (held) return held.push(patch);
  const target = document.getElementById(patch.id);
  if (!target || isOld(patch)) return;
  versions.set(patch.id, patch.v);
  const swap = () => show(target, patch.html);
  const before = new CustomEvent("live:patch", { cancelable: true, detail: { target, swap } });
  if (document.dispatchEvent(before)) swap();
  followScene();
}

const show = (target, text, swap = "outerMorph") => window.htmx.swap({ sourceElement: target, target, text, swap });

// An answer of ours, or an error: silence, a broken line, somebody else's page.
async function ask(url) {
  const patience = new AbortController();
  const end = setTimeout(() => patience.abort(), ANSWER);
  try {
    const answer = await fetch(url, {
      headers: { "HX-Request": "true" },
      redirect: "manual",
      cache: "no-store",
      signal: patience.signal,
    });
    if (!answer.headers.get(OURS)) throw new TypeError("not ours");
    setClock(answer.headers.get("Date"));
    const text = await answer.text();
    return answer.ok ? text : "";
  } finally {
    clearTimeout(end);
  }
}

// The personal part of a phone's page is fetched by the phone itself when the room has moved on,
// after a random moment so that a whole hall doesn't ask at once.
function followScene(force = false) {
  const now = document.getElementById("phone-bar");
  if (!sceneUrl || !now || scenePending || !(force || sceneMoved())) return;
  const spread = Math.max(SPREAD, now.dataset.people * SPREAD_EACH);
  scenePending = setTimeout(fetchScene, Math.random() * spread * Math.min(8, 2 ** sceneTries));
}

// A break or a lock changes the scene, but not the step: a long ballot stays open at its page.
const stepOf = (id) => document.getElementById(id)?.dataset.scene?.replace(/-\d+$/, "");
const sceneMoved = () =>
  document.getElementById("mine")?.dataset.scene !== document.getElementById("phone-bar")?.dataset.scene;

async function fetchScene() {
  const before = answers;
  const page = stepOf("mine") === stepOf("phone-bar") && document.getElementById("mine")?.dataset.page;
  const text = await ask(page ? `${sceneUrl}?page=${page}` : sceneUrl).catch(() => "");
  const mine = document.getElementById("mine");
  const overtaken = before !== answers; // by the answer to something sent meanwhile: this one may be older
  if (text && mine && !overtaken) await show(mine, text);
  sceneTries = text ? 0 : sceneTries + 1;
  scenePending = null;
  followScene(overtaken || !text);
}

async function poll() {
  try {
    const text = await ask(fragments);
    if (text) JSON.parse(text).forEach(take);
    const silence = offSince && Date.now() - offSince;
    if (socket.connected && silence > DEAD) socket.disconnect().connect();
    else say(socket.connected ? "live" : "poll");
    if (silence) followScene(true);
  } catch {
    say("off");
  }
}

function say(state) {
  offSince = state === "off" ? offSince || Date.now() : 0;
  document.body.dataset.line = state;
  const line = document.getElementById("line");
  if (line) line.textContent = line.dataset[`${state}Text`];
  document.dispatchEvent(new CustomEvent("live:line", { detail: state }));
}

function startPolling(after = SOON) {
  polling ??= setTimeout(keepPolling, after + Math.random() * 1000);
}

async function keepPolling() {
  await poll();
  polling = null;
  if (!isWell()) startPolling(POLL);
}

const isWell = () => socket.connected && !offSince;

function connect() {
  // A function, so that each reconnection says what has been seen by then.
  const auth = (give) => give({ audience: live, key, page, versions: Object.fromEntries(versions) });
  const often = { reconnectionDelay: 500, reconnectionDelayMax: 2000, randomizationFactor: 0.5, timeout: ANSWER };
  socket = io({ transports: ["websocket"], auth, ...often });
  let before = false;
  socket.on("connect", () => {
    clearTimeout(polling);
    polling = null;
    say("live");
    if (before) followScene(true);
    before = true;
  });
  socket.on("patch", take);
  socket.on("disconnect", () => say("off"));
  socket.on("connect_error", () => document.body.dataset.line !== "poll" && say("off"));
  // Where no socket can be had, some proxies refuse it, others open it and go silent: polling covers for both.
  setInterval(() => isWell() || startPolling(), PATIENCE);
  document.addEventListener("visibilitychange", wake);
  // What a browser says of its line is a hint.
  window.addEventListener("online", look);
  window.addEventListener("offline", look);
}

let asleepSince = 0;

function wake() {
  const slept = Date.now() - asleepSince;
  if (document.visibilityState !== "visible") asleepSince = Date.now();
  else if (slept > NAP && socket.connected) socket.disconnect().connect();
  else look();
}

function look() {
  if (!socket.connected) socket.connect();
  poll();
}

document.addEventListener("live:hold", () => (held ??= []));
document.addEventListener("live:release", () => {
  const waiting = held ?? [];
  held = null;
  waiting.forEach(take);
});

// A tap goes over the open socket while the line is well; whoever offered it takes no answer for "over HTTP, then".
document.addEventListener("live:tap", ({ detail }) => {
  if (!socket?.connected || offSince) return;
  detail.answer = socket.timeout(PATIENCE).emitWithAck("tap", detail.url, detail.fields, detail.owner);
});

// What the outbox sends has its answer shown here; what it learns about the line is said here.
document.addEventListener("live:show", ({ detail: { id, text, swap } }) => {
  answers += 1;
  const target = id ? document.getElementById(id) : document.body;
  if (target) show(target, text, swap);
});
document.addEventListener("live:silent", () => live && say("off"));
document.addEventListener("live:heard", () => offSince && poll());
document.addEventListener("live:missed", () => followScene(true));
document.addEventListener("live:doubt", () => live && poll());

document.addEventListener("htmx:config:request", ({ detail }) => {
  detail.ctx.request.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

// Somebody else's page in place of an answer is never shown: it is as if the line were broken.
document.addEventListener("htmx:before:response", (event) => {
  if (event.detail.ctx.response.headers.get(OURS)) return;
  event.preventDefault();
  if (live) say("off");
  event.target.dispatchEvent(new CustomEvent("htmx:error", { bubbles: true, detail: event.detail }));
});

// Clocks run on the screen: the server says only when the time ends.
// Either clock may be put right during the evening. Each answer tells, in whole seconds and as late as it may come.
let offset = Number(document.body.dataset.now) - Date.now();

function setClock(date) {
  const found = Date.parse(date) - Date.now();
  if (Math.abs(found - offset) > ANSWER + 2000) offset = found;
}

function tick() {
  for (const clock of document.querySelectorAll("[data-ends]")) {
    const left = Math.round((Number(clock.dataset.ends) - Date.now() - offset) / 1000);
    const text = new Date(Math.abs(left) * 1000).toISOString().slice(Math.abs(left) < 3600 ? 14 : 11, 19);
    clock.textContent = left < 0 ? `-${text}` : text;
    clock.classList.toggle("over", left < 0);
  }
}

if (live) {
  connect();
  setInterval(tick, 500);
  document.addEventListener("htmx:after:swap", tick);
  tick();
}
