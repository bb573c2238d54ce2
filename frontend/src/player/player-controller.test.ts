import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PlayerController } from "./player-controller";
import type { VideoLike } from "./player-controller";

/** A video that seeks when told to finish, and shows frames when told to. */
class FakeVideo extends EventTarget {
  paused = true;
  seeking = false;
  playbackRate = 1;
  volume = 1;
  muted = false;
  readyState = 4;
  seeks: number[] = [];
  private time = 0;
  private callback: ((now: number, metadata: { mediaTime: number }) => void) | null = null;

  get currentTime(): number {
    return this.time;
  }
  set currentTime(value: number) {
    this.time = value;
    this.seeks.push(value);
    this.seeking = true;
  }
  play(): Promise<void> {
    this.paused = false;
    this.dispatchEvent(new Event("play"));
    return Promise.resolve();
  }
  pause(): void {
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
  }
  requestVideoFrameCallback(callback: (now: number, metadata: { mediaTime: number }) => void): number {
    this.callback = callback;
    return 1;
  }
  cancelVideoFrameCallback(): void {
    this.callback = null;
  }
  finishSeek(): void {
    this.seeking = false;
    this.dispatchEvent(new Event("seeked"));
  }
  show(mediaTime: number): void {
    const { callback } = this;
    this.callback = null;
    callback?.(0, { mediaTime });
  }
}

const times = [0, 0.033, 0.1, 0.2, 0.233, 0.3];

function setUp(offset = 0): { video: FakeVideo; player: PlayerController; frame: () => number } {
  const video = new FakeVideo();
  const player = new PlayerController(times, 0.4);
  player.attach(video as unknown as VideoLike);
  video.show(offset);
  return { video, player, frame: () => player.getSnapshot().frame };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("PlayerController", () => {
  it("knows the shown frame from its presentation time", () => {
    const { video, frame } = setUp();
    video.show(0.2);
    expect(frame()).toBe(3);
  });

  it("seeks to the middle of the frame's stay", () => {
    const { video, player } = setUp();
    player.seekToFrame(2);
    expect(video.seeks).toHaveLength(1);
    expect(video.seeks[0]).toBeCloseTo(0.15);
  });

  it("learns the offset of files that do not begin at zero", () => {
    const { video, player, frame } = setUp(0.08);
    video.show(0.28);
    expect(frame()).toBe(3);
    player.seekToFrame(2);
    expect(video.seeks[0]).toBeCloseTo(0.23);
  });

  it("merges the seeks of a held key and ends where the key says", () => {
    const { video, player, frame } = setUp();
    player.stepBy(1);
    player.stepBy(1);
    player.stepBy(1);
    expect(video.seeks).toHaveLength(1);
    expect(frame()).toBe(3);
    video.finishSeek();
    expect(video.seeks).toHaveLength(2);
    video.finishSeek();
    video.show(0.2);
    expect(player.getSnapshot()).toMatchObject({ frame: 3, seeking: false });
  });

  it("never steps outside the clip", () => {
    const { video, player, frame } = setUp();
    player.stepBy(-10);
    expect(frame()).toBe(0);
    video.finishSeek();
    player.stepBy(99);
    expect(frame()).toBe(5);
  });

  it("ignores pictures that are shown while another frame is being sought", () => {
    const { video, player, frame } = setUp();
    player.seekToFrame(4);
    video.show(0.033);
    expect(frame()).toBe(4);
  });

  it("does not fall back to a picture from before the seek that is reported late", () => {
    const { video, player } = setUp();
    player.seekToFrame(4);
    video.finishSeek();
    video.show(0.2);
    expect(player.getSnapshot()).toMatchObject({ frame: 4, seeking: true });
    video.show(0.233);
    expect(player.getSnapshot()).toMatchObject({ frame: 4, seeking: false });
  });

  it("believes the browser when it keeps showing another frame than the one sought", () => {
    const { video, player } = setUp();
    player.seekToFrame(4);
    video.finishSeek();
    video.show(0.2);
    vi.advanceTimersByTime(400);
    expect(player.getSnapshot()).toMatchObject({ frame: 3, seeking: false });
  });

  it("settles on the sought frame when it was on the screen already, which no browser reports", () => {
    const { video, player } = setUp();
    player.seekToFrame(0);
    video.finishSeek();
    vi.advanceTimersByTime(400);
    expect(player.getSnapshot()).toMatchObject({ frame: 0, seeking: false });
  });

  it("holds the very frame that the counter shows when a range is marked during play", () => {
    const { video, player } = setUp();
    player.play();
    video.show(0.1);
    expect(player.hold()).toBe(2);
    expect(video.paused).toBe(true);
    expect(video.seeks.at(-1)).toBeCloseTo(0.15);
  });

  it("turns back after the last frame of the loop has had its time", () => {
    const { video, player } = setUp();
    player.setLoop({ start: 1, end: 3 });
    video.finishSeek();
    player.play();
    video.finishSeek();
    video.seeks = [];
    video.show(0.2);
    expect(video.seeks).toEqual([]);
    vi.advanceTimersByTime(34);
    expect(video.seeks[0]).toBeCloseTo((0.033 + 0.1) / 2);
  });

  it("does not turn back once the loop is switched off", () => {
    const { video, player } = setUp();
    player.setLoop({ start: 0, end: 3 });
    player.play();
    video.show(0.2);
    player.setLoop(null);
    video.seeks = [];
    vi.advanceTimersByTime(500);
    expect(video.seeks).toEqual([]);
  });

  it("walks along the speeds and stops at both ends", () => {
    const { video, player } = setUp();
    const rates: number[] = [];
    for (let press = 0; press < 4; press += 1) {
      player.shiftRate(-1);
      video.dispatchEvent(new Event("ratechange"));
      rates.push(video.playbackRate);
    }
    expect(rates).toEqual([0.5, 0.25, 0.1, 0.1]);
  });

  it("tells its listeners only what changed, and stops when let go", () => {
    const video = new FakeVideo();
    const player = new PlayerController(times, 0.4);
    const listener = vi.fn();
    player.subscribe(listener);
    const letGo = player.attach(video as unknown as VideoLike);
    listener.mockClear();
    video.show(0);
    video.show(0.2);
    video.show(0.2);
    expect(listener).toHaveBeenCalledTimes(1);
    letGo();
    video.show(0.3);
    expect(player.getSnapshot().frame).toBe(3);
  });
});
