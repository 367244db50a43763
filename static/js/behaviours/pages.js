// What doesn't fit on the wall turns its pages by itself: data-pages says after how many seconds. Where motion is
// unwelcome a page is replaced, not pushed.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const seen = new WeakMap(); // sheet → its page, and since when

function turn(sheet, on = true) {
  const step = sheet.clientWidth + Number.parseFloat(getComputedStyle(sheet).columnGap);
  const pages = Math.max(1, Math.ceil((sheet.scrollWidth - sheet.clientWidth) / step - 0.05) + 1);
  const { page, since } = seen.get(sheet) ?? { page: 0, since: Date.now() };
  const due = on && Date.now() - since >= sheet.dataset.pages * 1000;
  const next = (page + due) % pages;
  seen.set(sheet, { page: next, since: due ? Date.now() : since });
  if (next !== page) sheet.scrollTo({ left: next * step, behavior: calm.matches ? "instant" : "smooth" });
  if (pages > 1) sheet.parentElement.dataset.page = `${next + 1} / ${pages}`;
  else delete sheet.parentElement.dataset.page;
}

const every = (on) => document.querySelectorAll("[data-pages]").forEach((sheet) => turn(sheet, on));

setInterval(every, 500, true);
// A patch takes away what the server didn't write.
document.addEventListener("htmx:after:swap", () => every(false));
every(false);
