/** Which key does what in the text; the same table makes the help page. */

/** @type {[string, string, string][]} keys as shown, action, word of the help */
export const HELP = [
  ["← → ↑ ↓", "key_move"],
  ["Ctrl ← →", "key_word_move"],
  ["Shift + ← → ↑ ↓", "key_extend"],
  ["W", "key_word"],
  ["S", "key_sentence"],
  ["P", "key_paragraph"],
  ["Enter", "key_pick"],
  ["1 – 9", "key_recent"],
  ["Shift + Enter", "key_another"],
  ["V", "key_in_vivo"],
  ["N, Shift + N", "key_next"],
  ["M", "key_memo"],
  ["B", "key_bounds"],
  ["Delete", "key_remove"],
  ["G", "key_suggest"],
  ["/", "key_search"],
  ["Ctrl Z, Ctrl Shift Z", "key_undo"],
  ["Ctrl S", "key_save"],
  ["Alt", "key_exact"],
  ["Esc", "key_escape"],
];

const LETTERS = {
  w: "word",
  s: "sentence",
  p: "paragraph",
  c: "pick",
  v: "inVivo",
  n: "next",
  m: "memo",
  b: "bounds",
  g: "suggest",
  "/": "search",
  "?": "help",
  Enter: "pick",
  Delete: "remove",
  Backspace: "remove",
  Escape: "escape",
  N: "previous",
};

/**
 * What a key in the text means.
 * @param {KeyboardEvent} event
 * @returns {?{name: string, args: any[]}}
 */
export function actionOf(event) {
  const control = event.ctrlKey || event.metaKey;
  const { key } = event;
  if (/^Arrow(Left|Right)$/.test(key)) {
    const forward = key === "ArrowRight";
    return { name: "move", args: [control || event.altKey ? "word" : "letter", forward, event.shiftKey] };
  }
  if (/^Arrow(Up|Down)$/.test(key)) return { name: "move", args: ["line", key === "ArrowDown", event.shiftKey] };
  if (/^(Home|End)$/.test(key))
    return { name: "move", args: [control ? "text" : "edge", key === "End", event.shiftKey] };
  if (/^Page(Up|Down)$/.test(key)) return { name: "move", args: ["page", key === "PageDown", event.shiftKey] };
  if (control || event.altKey) return null;
  if (/^[1-9]$/.test(key)) return { name: "recent", args: [Number(key) - 1] };
  const name = LETTERS[key] ?? LETTERS[key.toLowerCase()];
  return name ? { name, args: [] } : null;
}

/**
 * Keys of the whole pane: undo, redo, and saving the notebook. In a field they are the browser's.
 * @returns {?("undo"|"redo"|"save")}
 */
export function globalActionOf(event, inField) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === "s" && !event.shiftKey) return "save";
  if (inField) return null;
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" ? "redo" : null;
}

/** Hand Ctrl+S on to the notebook: the pane keeps JupyterLab's keys out, saving included. */
export function saveNotebook(root) {
  const notebook =
    root.closest(".jp-Notebook") ?? [...document.querySelectorAll(".jp-Notebook")].find((each) => each.offsetParent);
  notebook?.dispatchEvent(
    new KeyboardEvent("keydown", {
      key: "s",
      code: "KeyS",
      keyCode: 83,
      ctrlKey: true,
      bubbles: true,
      cancelable: true,
    }),
  );
  return Boolean(notebook);
}
