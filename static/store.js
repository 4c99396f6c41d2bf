// What this phone keeps: notes until their id comes back, small cards of shifts, and whose it is.
// Every note belongs to one account; nothing here reads the notes of another.

const NOTES = "notes";
const FACTS = "facts";
let opened;

function database() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open("alongside", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(NOTES, { keyPath: ["account", "uuid"] });
      asked.result.createObjectStore(FACTS, { keyPath: "name" });
    };
    asked.onsuccess = () => {
      // a browser may close it to make room, or another tab may need to change it
      asked.result.onclose = () => (opened = undefined);
      asked.result.onversionchange = () => asked.result.close();
      done(asked.result);
    };
    asked.onerror = () => failed(asked.error);
  });
  opened.catch(() => (opened = undefined));
  return opened;
}

// Done only when it is on the disk: a phone may be switched off a second later.
async function change(where, act) {
  const written = (await database()).transaction(where, "readwrite", { durability: "strict" });
  return new Promise((done, failed) => {
    const asked = act(written.objectStore(where));
    written.oncomplete = () => done(asked?.result);
    written.onerror = written.onabort = () => failed(written.error);
  });
}

async function read(where, act) {
  const asked = act((await database()).transaction(where).objectStore(where));
  return new Promise((done, failed) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

export const putNote = (note) => change(NOTES, (kept) => kept.put(note));
export const note = (account, uuid) => read(NOTES, (kept) => kept.get([account, uuid]));
export const notes = (account) =>
  read(NOTES, (kept) => kept.getAll(IDBKeyRange.bound([account], [account, []])));
export const removeNote = (account, uuid) => change(NOTES, (kept) => kept.delete([account, uuid]));

// Forget a note, unless it was changed after it was read: then what was changed stays.
export const removeAsItWas = ({ account, uuid, changes }) =>
  change(NOTES, (kept) => {
    const asked = kept.get([account, uuid]);
    asked.onsuccess = () => {
      if (asked.result?.changes === changes) kept.delete([account, uuid]);
    };
  });

export const fact = async (name) => (await read(FACTS, (kept) => kept.get(name)))?.value;
export const setFact = (name, value) => change(FACTS, (kept) => kept.put({ name, value }));
export const forget = (name) => change(FACTS, (kept) => kept.delete(name));
