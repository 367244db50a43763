// Pictures chosen in a form leave no larger than they will be kept: twelve from a phone would be a hundred megabytes.
import { smaller } from "./photo.js";

const busy = new WeakMap();

document.addEventListener("change", ({ target }) => {
  if (target.matches("input[type=file][data-shrink]") && target.files.length) busy.set(target.form, shrink(target));
});

async function shrink(input) {
  const files = new DataTransfer();
  for (const file of input.files) {
    const made = await smaller(file);
    files.items.add(
      made instanceof File ? made : new File([made], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }),
    );
  }
  input.files = files.files;
}

// Whoever saves at once waits for it.
document.addEventListener("submit", (event) => {
  const work = busy.get(event.target);
  if (!work) return;
  event.preventDefault();
  busy.delete(event.target);
  const { target: form, submitter } = event;
  // Not before this event is over: a form doesn't send itself while it is being sent.
  work.finally(() => setTimeout(() => form.requestSubmit(submitter)));
});
