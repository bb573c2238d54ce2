/** The keyboard map: which key does what, as data, so that the help shows exactly what the code does. */
export type Command =
  | "toggle_play" | "slower" | "faster" | "step_back" | "step_forward" | "jump_back" | "jump_forward"
  | "zoom_in" | "zoom_out" | "zoom_whole"
  | "mark_in" | "mark_out" | "toggle_loop" | "draw_region"
  | "label_manipulated" | "label_authentic" | "label_unsure" | "confidence_up" | "confidence_down"
  | "focus_kinds" | "focus_rationale" | "open_skip" | "undo" | "redo" | "seal" | "next_clip" | "show_keys";

export interface Shortcut {
  command: Command;
  /** Values of KeyboardEvent.key, letters in lower case. */
  keys: string[];
  words: string;
  group: "Play" | "Look" | "Mark" | "Answer" | "Desk";
}

export const SHORTCUTS: Shortcut[] = [
  { command: "toggle_play", keys: [" ", "k"], words: "Play or pause", group: "Play" },
  { command: "slower", keys: ["j"], words: "Slower", group: "Play" },
  { command: "faster", keys: ["l"], words: "Faster", group: "Play" },
  { command: "step_back", keys: [",", "ArrowLeft"], words: "One frame back", group: "Play" },
  { command: "step_forward", keys: [".", "ArrowRight"], words: "One frame on", group: "Play" },
  { command: "jump_back", keys: ["<"], words: "Ten frames back", group: "Play" },
  { command: "jump_forward", keys: [">"], words: "Ten frames on", group: "Play" },
  { command: "zoom_in", keys: ["+", "="], words: "Zoom in", group: "Look" },
  { command: "zoom_out", keys: ["-"], words: "Zoom out", group: "Look" },
  { command: "zoom_whole", keys: ["0"], words: "Whole picture", group: "Look" },
  { command: "mark_in", keys: ["[", "i"], words: "Range begins at this frame", group: "Mark" },
  { command: "mark_out", keys: ["]", "o"], words: "Range ends at this frame", group: "Mark" },
  { command: "toggle_loop", keys: ["\\"], words: "Loop the marked range", group: "Mark" },
  { command: "draw_region", keys: ["r"], words: "Draw a box on this frame", group: "Mark" },
  { command: "label_manipulated", keys: ["1"], words: "Fake", group: "Answer" },
  { command: "label_authentic", keys: ["2"], words: "Real", group: "Answer" },
  { command: "label_unsure", keys: ["3"], words: "Can\u2019t tell", group: "Answer" },
  { command: "confidence_up", keys: ["ArrowUp"], words: "More sure", group: "Answer" },
  { command: "confidence_down", keys: ["ArrowDown"], words: "Less sure", group: "Answer" },
  { command: "focus_kinds", keys: ["t"], words: "To the kinds of manipulation", group: "Answer" },
  { command: "focus_rationale", keys: ["/"], words: "To the sentence", group: "Answer" },
  { command: "seal", keys: ["Enter"], words: "Seal my vote", group: "Desk" },
  { command: "next_clip", keys: ["n"], words: "Next clip, after sealing", group: "Desk" },
  { command: "open_skip", keys: ["s"], words: "Skip this clip", group: "Desk" },
  { command: "undo", keys: ["Ctrl+z"], words: "Undo the last mark or answer", group: "Desk" },
  { command: "redo", keys: ["Ctrl+Shift+z", "Ctrl+y"], words: "Redo", group: "Desk" },
  { command: "show_keys", keys: ["?"], words: "This map of keys", group: "Desk" },
];

/** What has the focus, as far as keys are concerned. */
export type FocusKind = "page" | "typing" | "radio" | "checkbox" | "slider" | "button";

/** The part of a KeyboardEvent that decides. */
export interface Stroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  /** True while AltGr is down: on many keyboards [ ] \ need it, and Windows reports it as Ctrl+Alt. */
  altGraph: boolean;
}

/** Keys that a focused control keeps for itself. */
const KEPT: Record<Exclude<FocusKind, "typing">, string[]> = {
  page: [],
  button: [" ", "Enter"],
  checkbox: [" "],
  radio: [" ", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"],
  slider: ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"],
};

function nameOf(stroke: Stroke): string | null {
  const key = stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key;
  const plain = stroke.altGraph || !(stroke.ctrlKey || stroke.metaKey || stroke.altKey);
  if (plain) return key;
  if (stroke.altKey || !(stroke.ctrlKey || stroke.metaKey)) return null;
  return `Ctrl+${stroke.shiftKey ? "Shift+" : ""}${key}`;
}

/**
 * The command of a key stroke, or null. While somebody types in a field no key is a command but Ctrl+Enter,
 * which seals; controls keep the keys they need themselves.
 */
export function commandFor(stroke: Stroke, focus: FocusKind): Command | null {
  const name = nameOf(stroke);
  if (name === null) return null;
  if (name === "Ctrl+Enter") return "seal";
  if (focus === "typing" || KEPT[focus].includes(name)) return null;
  return SHORTCUTS.find(({ keys }) => keys.includes(name))?.command ?? null;
}

const TYPING_TYPES = new Set(["text", "search", "email", "password", "number", "url", "tel", "date", "time", "datetime-local"]);

/** What kind of control an element is. */
export function focusKindOf(element: Element | null): FocusKind {
  if (element === null || element === element.ownerDocument.body) return "page";
  if (element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) return "typing";
  if (element instanceof HTMLElement && element.isContentEditable) return "typing";
  if (element instanceof HTMLInputElement) {
    if (TYPING_TYPES.has(element.type)) return "typing";
    if (element.type === "range") return "slider";
    return element.type === "radio" ? "radio" : "checkbox";
  }
  if (element.getAttribute("role") === "slider") return "slider";
  const pressable = element.closest("button, a[href], summary, [role=menuitem], [role=button]");
  return pressable === null ? "page" : "button";
}

/** How a key is printed on a key cap. */
export function keyCap(key: string): string {
  const caps: Record<string, string> = { " ": "Space", ArrowLeft: "\u2190", ArrowRight: "\u2192", ArrowUp: "\u2191", ArrowDown: "\u2193" };
  return caps[key] ?? key.split("+").map((part) => (part.length === 1 ? part.toUpperCase() : part)).join("+");
}

/** First key of a command, for tooltips: "Play or pause (Space)". */
export function hintFor(command: Command): string {
  const shortcut = SHORTCUTS.find((entry) => entry.command === command);
  return shortcut === undefined ? "" : `${shortcut.words} (${keyCap(shortcut.keys[0] ?? "")})`;
}
