import { describe, expect, it } from "vitest";
import { clockOffsetMs, secondsLeft } from "./lease-clock";

describe("the lease's clock", () => {
  it("counts by the server's clock even if the device's is an hour off", () => {
    const device = Date.parse("2026-05-01T13:00:00Z");
    const offset = clockOffsetMs("2026-05-01T12:00:00Z", device);
    expect(secondsLeft({ expires_at: "2026-05-01T12:10:00Z" }, offset, device)).toBe(600);
    expect(secondsLeft({ expires_at: "2026-05-01T12:10:00Z" }, offset, device + 700_000)).toBe(0);
  });
  it("trusts the device when the server's time cannot be read", () => {
    expect(clockOffsetMs("soon", 5)).toBe(0);
  });
});
