// Words of a draft: marked until they are saved, sent again after a failure, not left behind unnoticed.
const RETRY = 3000;
const waiting = new Set();
const sent = new WeakMap();

const passageOf = (element) => element?.closest?.("form.passage");
const words = (form) => [...form.querySelectorAll("textarea")].map((area) => area.value).join("\0");

function mark(form, state) {
  form.dataset.state = state;
  state === "saved" ? waiting.delete(form) : waiting.add(form);
}

document.addEventListener("input", ({ target }) => {
  const form = passageOf(target);
  if (form) mark(form, "typing");
});

document.addEventListener("htmx:before:request", ({ target }) => {
  const form = passageOf(target);
  if (form) sent.set(form, words(form));
});

document.addEventListener("htmx:after:request", ({ target, detail }) => {
  const form = passageOf(target);
  if (!form) return;
  const { status } = detail.ctx.response;
  // A conflict waits for the person, not for the line; what was typed since it went out isn't saved by it.
  if (status === 409) mark(form, "conflict");
  else if (status >= 400) mark(form, "failed");
  else if (sent.get(form) === words(form)) mark(form, "saved");
});

document.addEventListener("htmx:error", ({ target }) => {
  const form = passageOf(target);
  if (form) mark(form, "failed");
});

setInterval(() => {
  for (const form of waiting) if (form.dataset.state === "failed") form.requestSubmit();
}, RETRY);

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-leave]")) waiting.delete(passageOf(target));
});

window.addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});
