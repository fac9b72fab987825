// Wires the page: the shell with its three tabs, the one connection, keys, words.
//
// A tab is a module with one function, `mount(panel, studio)`, called once, when the tab is first opened. It draws into
// its panel and returns
//   keys      single keys of the tab, {key: command}, as in commands.js; they act while an element within
//             [data-keys="sheet"] or [data-keys="list"] has the focus
//   commands  {command: function}; those of the shell: "undo", "write" (Ctrl+Z, Ctrl+S), "next-pane" (F6), "keys" (?)
//   draw()    called when the tab is opened, when what is known changed, and when the language did
//   panes()   elements among which F6 goes; the first one that can have the focus in each gets it
//   home      the element that has the focus when the tab is opened
//   bottom()  elements for the bottom bar
// and may have `leave()`. Words are those of words.{ja,en}.toml; keys for the list of keys under [keys.TAB].
//
// What a tab gets, `studio`:
//   known            all that was told: the last snapshot with its changes (news.js)
//   isConnected
//   send(message)    false where nothing is connected
//   on(kind, listener)  messages of a kind as they come: studio.on("goldens", (message) => …)
//   words()          of the language that is shown; told({ja, en}) picks one
//   open(tab)        "sheet", "wall", "goldens"
//   tell(text)       for screen readers, at most once a second; alarm(text): at once, and in the bottom bar
//   tally(tab, text) the number on a tab
//   changed()        draw the shell and the open tab anew
//   picture(name, {dpi, x, y, w, h})  the address of a picture, x to h in mm

import { prepare, showKeys } from "dialogs";
import { command } from "./commands.js";
import { Connection, picture } from "./connection.js";
import { UNKNOWN, announce, applyChange } from "./news.js";
import { drawShell } from "./shell.js";

const TABS = { sheet: () => import("./sheet.js"), wall: () => import("./wall.js"), goldens: () => import("./goldens.js") };

const SOON_MS = 150; // what is compiled by then was never being compiled for who looks on

const at = (id) => document.getElementById(id);
const allWords = await (await fetch("words.json")).json();
const listeners = new Map();
const tabs = new Map(); // mounted ones
let said = { at: 0, waiting: null };

const studio = {
  known: UNKNOWN,
  isConnected: false,
  language: document.documentElement.lang,
  tab: null,
  picture,
  words: () => allWords[studio.language],
  told: (words) => words[studio.language],
  send: (message) => connection.send(message),
  on: (kind, listener) => listeners.set(kind, [...(listeners.get(kind) ?? []), listener]),
  open,
  changed,
  tell,
  alarm,
  tally: (tab, text) => (at(`tally-${tab}`).textContent = text),
};

const connection = new Connection(heard, (isConnected) => {
  studio.isConnected = isConnected;
  changed();
});

// ---- what is heard and shown

function heard(message) {
  const known = applyChange(studio.known, message);
  if (known === null) return connection.greet();
  const isNews = known !== studio.known;
  studio.known = known;
  for (const listener of listeners.get(message.kind) ?? []) listener(message);
  if (message.kind === "compiling") setTimeout(changed, SOON_MS);
  else if (isNews) changed();
}

function changed() {
  drawShell(studio);
  const tab = tabs.get(studio.tab);
  if (!tab) return;
  tab.draw();
  at("bottom").replaceChildren(...tab.bottom());
}

async function open(name) {
  tabs.get(studio.tab)?.leave?.();
  studio.tab = name;
  for (const tab of Object.keys(TABS)) at(`panel-${tab}`).hidden = tab !== name;
  if (!tabs.has(name)) {
    const { mount } = await TABS[name]();
    if (!tabs.has(name)) tabs.set(name, mount(at(`panel-${name}`), studio));
  }
  if (studio.tab !== name) return;
  changed();
  if (!document.activeElement?.matches("[role=tab]")) tabs.get(name).home.focus({ preventScroll: true });
}

function tell(text) {
  said = announce(said, text, Date.now());
  if (said.say !== null) at("status").textContent = said.say;
  else if (said.waiting !== null) setTimeout(() => tell(null), 1000);
}

function alarm(text) {
  at("alert").textContent = "";
  at("alert").textContent = text;
}

// ---- keys and buttons

function focus() {
  const here = document.activeElement;
  if (document.querySelector("dialog[open]")) return "dialog";
  if (here?.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])")) return "text";
  return here?.closest("[data-keys]")?.dataset.keys ?? "other";
}

function nextPane() {
  const panes = tabs.get(studio.tab)?.panes() ?? [];
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const order = [...panes.slice(here + 1), ...panes.slice(0, here + 1)];
  const wanted = order.map((pane) => (pane.tabIndex >= 0 ? pane : pane.querySelector("button:enabled, input:enabled, [tabindex='0']")));
  wanted.find(Boolean)?.focus();
}

const DOES = {
  "next-pane": nextPane,
  keys: () => showKeys(at("dialog-keys"), { keys: { ...studio.words().keys[studio.tab], ...studio.words().keys.all } }),
};

/** What was said stands until something else is done. */
for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (at("alert").textContent = ""), true);

document.addEventListener("keydown", (event) => {
  const tab = tabs.get(studio.tab);
  const asked = tab && command(event, focus(), tab.keys);
  const does = asked && (tab.commands[asked] ?? DOES[asked]);
  if (!does || isForItself(event)) return;
  if (does(event) !== false) event.preventDefault();
});

/** Enter on a button or a link, and arrows on a choice, are theirs. */
function isForItself({ key }) {
  const here = document.activeElement;
  if (key === "Enter" || key === " ") return here.matches("button, a, summary, input");
  return key.startsWith("Arrow") && here.matches("input");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.do) (tabs.get(studio.tab)?.commands[button.dataset.do] ?? DOES[button.dataset.do])();
  if (button.dataset.tab) open(button.dataset.tab);
  if (button.dataset.language) {
    studio.language = button.dataset.language;
    changed();
  }
});

at("tabs").addEventListener("keydown", ({ key }) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (!by) return;
  const names = Object.keys(TABS);
  const name = names.at((names.indexOf(studio.tab) + by) % names.length);
  at(`tab-${name}`).focus();
  open(name);
});

prepare(at("dialog-keys"));
await open("sheet");
