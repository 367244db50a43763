// What is typed into a form with data-draft, and the photo chosen there, survives reload, sleep and closing.
import { all, drop, keep, owner, recall, remember } from "./store.js";

const wordsKey = (name) => `draft:${owner}:${name}`;
const photoKey = (name) => `photo:${owner}:${name}`;
const formOf = (name) => document.querySelector(`form[data-draft="${name}"]`);

document.addEventListener("input", ({ target }) => {
  const name = target.closest("form[data-draft]")?.dataset.draft;
  if (name && target.matches("textarea")) remember(wordsKey(name), target.value);
});

document.addEventListener("change", ({ target }) => {
  const name = target.closest("form[data-draft]")?.dataset.draft;
  if (name && target.type === "file" && target.files.length) keep({ key: photoKey(name), photo: target.files[0] });
});

export function forgetDraft(form) {
  drop(photoKey(form.dataset.draft));
  const area = form.querySelector("textarea");
  area.value = "";
  area.dispatchEvent(new Event("input", { bubbles: true }));
  const file = form.querySelector("input[type=file]");
  if (file) {
    file.value = "";
    file.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// Words that were not taken go back into their box, unless others are being written there.
export async function giveBack(name, text, photo) {
  const writing = formOf(name)?.querySelector("textarea").value || recall(wordsKey(name));
  if (!name || writing) return false;
  remember(wordsKey(name), text);
  if (photo) await keep({ key: photoKey(name), photo });
  await restore();
  return true;
}

async function restore() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const area = form.querySelector("textarea");
    if (!area.value) area.value = recall(wordsKey(form.dataset.draft));
    await restorePhoto(form.querySelector("input[type=file]"), photoKey(form.dataset.draft));
  }
}

async function restorePhoto(input, key) {
  const [kept] = input && !input.files.length ? await all(key) : [];
  if (!kept?.photo) return;
  try {
    const files = new DataTransfer();
    files.items.add(
      kept.photo instanceof File ? kept.photo : new File([kept.photo], "photo.jpg", { type: kept.photo.type }),
    );
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  } catch {
    // An old browser lets no script fill in a file: the photo has to be chosen again.
  }
}

document.addEventListener("htmx:after:swap", restore);
restore();
