// Forms that lose nothing: an id of the phone's own for each thing sent, drafts that survive a reload, clear failures.

// randomUUID exists on https only, and the hall's address is http.
const freshId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const draftKey = (form) => `draft:${form.dataset.draft}`;

// A retry after a failure keeps its id, so that the server knows the same thing from another one.
document.addEventListener("submit", ({ target: form }) => {
  if ("freshId" in form.dataset && !("failed" in form.dataset)) form.elements.id.value = freshId();
}, true);

document.addEventListener("htmx:error", ({ target }) => {
  const form = target.closest?.("form");
  if (form) form.dataset.failed = "";
  const notice = document.getElementById("notice");
  const line = document.getElementById("line");
  if (notice && form) notice.textContent = line?.dataset.offText ?? "…";
});

document.addEventListener("htmx:after:request", ({ target, detail }) => {
  const form = target.closest?.("form");
  const { status } = detail.ctx.response;
  if (status >= 400) return;
  document.getElementById("notice")?.replaceChildren();
  if (form) {
    delete form.dataset.failed;
    if (form.dataset.draft) {
      localStorage.removeItem(draftKey(form));
      form.reset();
      form.querySelector("textarea").value = "";
    }
    if ("clear" in form.dataset) form.reset();
  }
});

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
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const area = form.querySelector("textarea");
    if (!area.value) area.value = localStorage.getItem(draftKey(form)) ?? "";
  }
}

document.addEventListener("htmx:after:swap", restoreDrafts);
restoreDrafts();
