// Where a phone keeps things: in IndexedDB; where that is missing or blocked, in localStorage (words only); else only
// in this page's memory. Nothing here throws. Values carry their own `key`.

// Nobody else on this phone, and no other workshop, sees or sends what is kept under this name.
export const owner = document.body.dataset.owner;

const TABLE = "kept";
const OPENING = 2000; // some browsers never answer
const memory = new Map();
const done = (request) =>
  new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });
const database = open();

async function open() {
  try {
    const opening = indexedDB.open("facilitator", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
    return await Promise.race([done(opening), new Promise((give) => setTimeout(give, OPENING))]);
  } catch {
    return undefined;
  }
}

async function inTable(mode, ask) {
  const opened = await database;
  return done(ask(opened.transaction(TABLE, mode).objectStore(TABLE)));
}

export async function keep(value) {
  memory.set(value.key, value);
  try {
    await inTable("readwrite", (table) => table.put(value, value.key));
    memory.delete(value.key);
  } catch {
    remember(value.key, JSON.stringify(value));
  }
}

export async function drop(key) {
  memory.delete(key);
  remember(key, "");
  await inTable("readwrite", (table) => table.delete(key)).catch(() => null);
}

// Everything whose key begins so, in the order of the keys.
export async function all(prefix) {
  const range = () => IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  const stored = await inTable("readonly", (table) => table.getAll(range())).catch(() => []);
  const found = new Map([...wordsUnder(prefix), ...stored, ...memory.values()].map((value) => [value.key, value]));
  return [...found.values()].filter(({ key }) => key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : 1));
}

function wordsUnder(prefix) {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .map((key) => JSON.parse(localStorage[key]));
  } catch {
    return [];
  }
}

export function recall(key) {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function remember(key, text) {
  try {
    text ? localStorage.setItem(key, text) : localStorage.removeItem(key);
  } catch {
    // Blocked or full: what can't be kept is still on the page.
  }
}
