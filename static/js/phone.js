// All that a resident's page does besides following the room. It is sent as one file: facilitator/web/assets.py puts
// each part where its name stands.
import "./behaviours/forms.js";
import "./behaviours/drafts.js";
import "./behaviours/outbox.js";
import "./behaviours/dots.js";

// What one step alone needs comes with that step: the first page of a phone stays small.
const fetchNeeded = () => {
  for (const { dataset } of document.querySelectorAll("[data-needs]"))
    import(`./behaviours/${dataset.needs}.js`).catch(() => null);
};
document.addEventListener("htmx:after:swap", fetchNeeded);
fetchNeeded();
