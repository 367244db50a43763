// The live path on the screen: the only caller of Socket.IO and of htmx's swap.
// A patch names a fragment and its version; older ones are ignored. After any gap the server sends what was missed.
import { io } from "../vendor/socket.io-4.8.4.esm.min.js";

const { live, key, fragments, sceneUrl } = document.body.dataset;
const POLL = 4000;
const PATIENCE = 3000;
const SPREAD = 700;
const SPREAD_EACH = 12; // milliseconds the server may take for one person's part
let held = null; // patches that arrived during a drag
let polling = null;
let scenePending = null;

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
  const swap = () => window.htmx.swap({ sourceElement: target, target, text: patch.html, swap: "outerMorph" });
  const before = new CustomEvent("live:patch", { cancelable: true, detail: { target, swap } });
  if (document.dispatchEvent(before)) swap();
  followScene();
}

// The personal part of a phone's page is fetched by the phone itself when the room has moved on,
// after a random moment so that a whole hall doesn't ask at once.
function followScene(force = false) {
  const shown = document.getElementById("mine");
  const now = document.getElementById("phone-bar");
  if (!sceneUrl || !shown || !now || scenePending) return;
  if (!force && shown.dataset.scene === now.dataset.scene) return;
  scenePending = setTimeout(async () => {
    try {
      await window.htmx.ajax("GET", sceneUrl, { target: "#mine", swap: "outerMorph", source: "#mine" });
    } finally {
      scenePending = null;
    }
    if (document.getElementById("mine")?.dataset.scene !== document.getElementById("phone-bar")?.dataset.scene) followScene();
  }, Math.random() * Math.max(SPREAD, now.dataset.people * SPREAD_EACH));
}

async function poll() {
  try {
    const answer = await fetch(fragments, { headers: { Accept: "application/json" } });
    if (answer.ok && answer.headers.get("Content-Type")?.includes("json")) {
      (await answer.json()).forEach(take);
      say("poll");
    }
  } catch {
    say("off");
  }
}

function say(state) {
  document.body.dataset.line = state;
  const line = document.getElementById("line");
  if (line) line.textContent = line.dataset[`${state}Text`];
  document.dispatchEvent(new CustomEvent("live:line", { detail: state }));
}

function startPolling() {
  polling ??= setInterval(poll, POLL + Math.random() * 1000);
}

function connect() {
  // A function, so that each reconnection says what has been seen by then.
  const auth = (give) => give({ audience: live, key, page, versions: Object.fromEntries(versions) });
  const socket = io({ transports: ["websocket"], auth, reconnectionDelay: 500, reconnectionDelayMax: 2000, randomizationFactor: 0.5 });
  let before = false;
  socket.on("connect", () => {
    clearInterval(polling);
    polling = null;
    say("live");
    if (before) followScene(true);
    before = true;
  });
  socket.on("patch", take);
  socket.on("disconnect", () => say("off"));
  socket.on("connect_error", () => document.body.dataset.line !== "poll" && say("off"));
  // Where no socket can be had, some proxies refuse it, others open it and go silent: polling covers for both.
  setInterval(() => socket.connected || startPolling(), PATIENCE);
  // A phone that slept may hold a dead socket for a minute: look at once.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    if (!socket.connected) socket.connect();
    poll().then(() => socket.connected && say("live"));
  });
}

document.addEventListener("live:hold", () => (held ??= []));
document.addEventListener("live:release", () => {
  const waiting = held ?? [];
  held = null;
  waiting.forEach(take);
});

document.addEventListener("htmx:config:request", ({ detail }) => {
  detail.ctx.request.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

// Clocks run on the screen: the server says only when the time ends.
const offset = Number(document.body.dataset.now) - Date.now();

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
