import { describe, expect, it } from "vitest";
import { ago, asInterval, count, countdown, duration, fileSize, percent, timecode } from "./format";

describe("timecode", () => {
  it.each([[0, "00:00.000"], [7.24, "00:07.240"], [59.9996, "00:59.999"], [61.5, "01:01.500"], [3661.001, "01:01:01.001"], [-1, "00:00.000"], [Number.NaN, "00:00.000"]])(
    "writes %d s as %s", (seconds, text) => expect(timecode(seconds)).toBe(text),
  );
});

describe("percent", () => {
  it("never rounds a doubt away", () => {
    const plain = (share: number) => percent(share).replaceAll("\u202F", " ");
    expect([0, 0.004, 0.5, 0.994, 0.9951, 1].map(plain)).toEqual(["0 %", "< 1 %", "50 %", "> 99 %", "> 99 %", "100 %"]);
    expect(plain(0.99)).toBe("99 %");
  });
});

describe("the other figures", () => {
  it("counts down in minutes and seconds", () => {
    expect([0, 59.2, 60, 754].map(countdown)).toEqual(["0:00", "1:00", "1:00", "12:34"]);
  });
  it("tells lengths and sizes", () => {
    expect([duration(null), duration(8.44), duration(125)]).toEqual(["\u2013", "8.4 s", "2 min 05 s"]);
    expect([0, 999, 1500, 2_480_000, 314_000_000].map(fileSize)).toEqual(["0 B", "999 B", "1.5 kB", "2.5 MB", "314 MB"]);
  });
  it("counts in words", () => {
    expect([count(1, "vote"), count(1873, "vote"), count(2, "box", "boxes")]).toEqual(["1 vote", "1,873 votes", "2 boxes"]);
  });
  it("says how long ago", () => {
    const now = Date.parse("2026-05-01T12:00:00Z");
    expect(ago("2026-05-01T11:59:30Z", now)).toBe("just now");
    expect(ago("2026-05-01T11:15:00Z", now)).toBe("45 min ago");
    expect(ago("2026-05-01T02:00:00Z", now)).toBe("10 h ago");
    expect(ago("never", now)).toBe("never");
  });
  it("falls back to knowing nothing when an interval is short", () => {
    expect(asInterval([])).toEqual([0, 1]);
    expect(asInterval([0.2, 0.4])).toEqual([0.2, 0.4]);
  });
});
