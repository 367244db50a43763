// One tab of a phone sends at a time. Two at once would do no harm, since the server knows every id;
// it would cost twice.
import { recall, remember } from "./store.js";

const SETTLE = 60; // milliseconds until two tabs that took the lease at the same moment see who has it
const myself = String(Math.random());

// `work` is called with a function that prolongs the lease by so many milliseconds.
export function alone(name, work) {
  // Web Locks exist on https only, and the hall's address is http.
  return navigator.locks ? navigator.locks.request(name, () => work(() => null)) : withLease(name, work);
}

async function withLease(name, work) {
  const renew = (time) => remember(name, `${myself} ${Date.now() + time}`);
  if (isAnothers(name)) return;
  renew(1000);
  await new Promise((go) => setTimeout(go, SETTLE));
  if (isAnothers(name)) return;
  try {
    await work(renew);
  } finally {
    remember(name, "");
  }
}

function isAnothers(name) {
  const [who, until] = recall(name).split(" ");
  return who && who !== myself && Number(until) > Date.now();
}
