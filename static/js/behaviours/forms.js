// Forms that lose nothing: an id of the phone's own for each thing sent, drafts that survive a reload, clear failures.

// randomUUID exists on https only, and the hall's address is http.
const freshId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const draftKey = (form) => `draft:${form.dataset.draft}`;
const sendingKey = (form) => `sending:${form.dataset.draft}`;
const drafts = () => document.querySelectorAll("form[data-draft]");

// What goes out is kept with its id until an answer comes, also over a reload: the server knows a retry by its id.
document.addEventListener("submit", ({ target: form }) => {
  if (!("freshId" in form.dataset)) return;
  if (form.dataset.draft) return keepSending(form);
  if (!("failed" in form.dataset)) form.elements.id.value = freshId();
}, true);

function keepSending(form) {
  const text = form.querySelector("textarea").value;
  const photo = Boolean(form.elements.photo?.files.length);
  const before = sending(form);
  form.elements.id.value = before?.text === text ? before.id : freshId();
  localStorage.setItem(sendingKey(form), JSON.stringify({ id: form.elements.id.value, text, photo }));
}

const sending = (form) => JSON.parse(localStorage.getItem(sendingKey(form)));

// Once the line is back it goes out by itself, unless it was changed meanwhile or its photo was lost with the page.
document.addEventListener("live:line", ({ detail: state }) => {
  if (state === "off") return;
  for (const form of drafts()) {
    const waiting = sending(form);
    const whole = waiting && (!waiting.photo || form.elements.photo?.files.length);
    if (whole && !("busy" in form.dataset) && form.querySelector("textarea").value === waiting.text) form.requestSubmit();
  }
});

document.addEventListener("htmx:before:request", ({ target }) => mark(target.closest?.("form"), "busy", true));
document.addEventListener("htmx:finally:request", ({ target }) => mark(target.closest?.("form"), "busy", false));

function mark(form, name, on) {
  if (form && on) form.dataset[name] = "";
  else if (form) delete form.dataset[name];
}

document.addEventListener("htmx:error", ({ target }) => {
  const form = target.closest?.("form");
  const notice = document.getElementById("notice");
  mark(form, "failed", true);
  if (notice && form) notice.textContent = form.dataset.waiting ?? document.getElementById("line")?.dataset.offText ?? "…";
});

document.addEventListener("htmx:after:request", ({ target, detail }) => {
  const form = target.closest?.("form");
  const { status } = detail.ctx.response;
  if (form?.dataset.draft && status < 500) settle(form, status < 400);
  if (status >= 400) return;
  document.getElementById("notice")?.replaceChildren();
  mark(form, "failed", false);
  if (form && "clear" in form.dataset) form.reset();
});

// Answered: what was typed meanwhile stays.
function settle(form, taken) {
  const sent = sending(form)?.text;
  localStorage.removeItem(sendingKey(form));
  if (!taken || form.querySelector("textarea").value !== sent) return;
  localStorage.removeItem(draftKey(form));
  form.reset();
  form.querySelector("textarea").value = "";
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-draft]");
  if (form && target.matches("textarea")) localStorage.setItem(draftKey(form), target.value);
  showCount(target);
});

document.addEventListener("change", ({ target }) => {
  if (target.type !== "file") return;
  const words = target.parentElement.querySelector("[data-file-name]");
  if (words && target.files.length) words.textContent = words.dataset.fileName;
});

document.addEventListener("focusin", ({ target }) => target.matches("[data-select]") && target.select());

function showCount(area) {
  if (!area.dataset?.count) return;
  const left = area.maxLength - area.value.length;
  area.parentElement.dataset.count = left <= 40 ? area.dataset.count.replace("{left}", left) : "";
}

function restoreDrafts() {
  for (const form of drafts()) {
    const area = form.querySelector("textarea");
    if (!area.value) area.value = localStorage.getItem(draftKey(form)) ?? "";
  }
}

document.addEventListener("htmx:after:swap", restoreDrafts);
restoreDrafts();
