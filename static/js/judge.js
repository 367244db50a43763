// All that a judge's page does, sent as one file: see facilitator/web/assets.py.
import "./behaviours/forms.js";
import "./behaviours/outbox.js";
import "./behaviours/judge.js";
