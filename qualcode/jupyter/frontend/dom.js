/** Builds page elements; data only ever becomes text, never markup. */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "open", "tabIndex"]);

const TAKES_FOCUS = /^(button|input|select|textarea|summary)$/;

/**
 * Make an element. A name beginning with "on" listens; other names are attributes or, for the few above, properties.
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...(Node|string|null|undefined|false|Array)} children strings become text nodes
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) node[name] = value;
    else if (value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  // JupyterLab looks for this on whatever has the focus before it takes a letter for a command of its own.
  if (TAKES_FOCUS.test(tag) || "tabIndex" in (props ?? {})) node.dataset.lmSuppressShortcuts = "true";
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A button that is never a form's submit button. */
export const button = (props, ...children) => h("button", { type: "button", ...props }, ...children);

/** The little square in a code's colour; the name always stands beside it. */
export const swatch = (colour) => h("i", { class: `qc-swatch a${colour}`, "aria-hidden": "true" });

/** Whether keys typed here belong to a field rather than to the text. */
export const isField = (node) => node instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName);

/**
 * Fill the {places} of an interface text.
 * @param {Object<string, string>} words
 * @returns {(key: string, values?: Object<string, any>) => string}
 */
export const speaker =
  (words) =>
  (key, values = {}) =>
    (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
