import { describe, expect, it } from "vitest";
import { commandFor, focusKindOf, hintFor, SHORTCUTS } from "./shortcuts";
import type { Stroke } from "./shortcuts";

const press = (key: string, extra: Partial<Stroke> = {}): Stroke => ({
  key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, altGraph: false, ...extra,
});

describe("commandFor", () => {
  it.each([
    [" ", "toggle_play"], ["K", "toggle_play"], ["j", "slower"], ["L", "faster"], [",", "step_back"], [".", "step_forward"],
    ["<", "jump_back"], [">", "jump_forward"], ["[", "mark_in"], ["]", "mark_out"], ["\\", "toggle_loop"], ["1", "label_manipulated"],
    ["2", "label_authentic"], ["3", "label_unsure"], ["ArrowUp", "confidence_up"], ["t", "focus_kinds"], ["/", "focus_rationale"],
    ["S", "open_skip"], ["Enter", "seal"], ["?", "show_keys"],
  ])("reads %j as %s on the page", (key, command) => {
    expect(commandFor(press(key), "page")).toBe(command);
  });

  it("gives no key two meanings", () => {
    const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("lets people type: no command comes from a field but Ctrl+Enter", () => {
    for (const key of SHORTCUTS.flatMap((shortcut) => shortcut.keys)) {
      const [last, ...modifiers] = key.split("+").reverse();
      expect(commandFor(press(last ?? "", { ctrlKey: modifiers.includes("Ctrl") }), "typing")).toBeNull();
    }
    expect(commandFor(press("Enter", { ctrlKey: true }), "typing")).toBe("seal");
  });

  it("leaves the browser its own combinations", () => {
    expect(commandFor(press("l", { ctrlKey: true }), "page")).toBeNull();
    expect(commandFor(press("s", { metaKey: true }), "page")).toBeNull();
    expect(commandFor(press("ArrowLeft", { altKey: true }), "page")).toBeNull();
    expect(commandFor(press("1", { altKey: true }), "page")).toBeNull();
  });

  it("undoes and redoes with Ctrl or Cmd", () => {
    expect(commandFor(press("z", { ctrlKey: true }), "page")).toBe("undo");
    expect(commandFor(press("z", { metaKey: true }), "radio")).toBe("undo");
    expect(commandFor(press("Z", { ctrlKey: true, shiftKey: true }), "page")).toBe("redo");
  });

  it("understands brackets typed with AltGr", () => {
    expect(commandFor(press("[", { ctrlKey: true, altKey: true, altGraph: true }), "page")).toBe("mark_in");
  });

  it("leaves a control the keys it needs and takes the others", () => {
    expect(commandFor(press(" "), "button")).toBeNull();
    expect(commandFor(press("Enter"), "button")).toBeNull();
    expect(commandFor(press("ArrowUp"), "radio")).toBeNull();
    expect(commandFor(press("ArrowLeft"), "slider")).toBeNull();
    expect(commandFor(press("1"), "button")).toBe("label_manipulated");
    expect(commandFor(press("Enter"), "radio")).toBe("seal");
    expect(commandFor(press("ArrowUp"), "checkbox")).toBe("confidence_up");
  });
});

describe("focusKindOf", () => {
  const element = (html: string, selector = "*") => {
    document.body.innerHTML = html;
    return document.body.querySelector(selector);
  };
  it("tells fields, choices, sliders and buttons apart", () => {
    expect(focusKindOf(document.body)).toBe("page");
    expect(focusKindOf(element("<textarea></textarea>"))).toBe("typing");
    expect(focusKindOf(element("<input type='number'>"))).toBe("typing");
    expect(focusKindOf(element("<select></select>"))).toBe("typing");
    expect(focusKindOf(element("<input type='radio'>"))).toBe("radio");
    expect(focusKindOf(element("<input type='checkbox'>"))).toBe("checkbox");
    expect(focusKindOf(element("<input type='range'>"))).toBe("slider");
    expect(focusKindOf(element("<div role='slider' tabindex='0'></div>"))).toBe("slider");
    expect(focusKindOf(element("<button><span>x</span></button>", "span"))).toBe("button");
  });
});

describe("hintFor", () => {
  it("names the key in the tooltip", () => {
    expect(hintFor("toggle_play")).toBe("Play or pause (Space)");
    expect(hintFor("undo")).toBe("Undo the last mark or answer (Ctrl+Z)");
  });
});
