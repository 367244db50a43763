// All that a resident's page does besides following the room. It is sent as one file: facilitator/web/assets.py puts
// each part where its name stands.
import "./behaviours/forms.js";
import "./behaviours/drafts.js";
import "./behaviours/outbox.js";
import "./behaviours/dots.js";
