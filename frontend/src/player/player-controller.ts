import { clampFrame, frameAt, frameEndS, frameMiddleS, frameOfMediaTime, lastFrame } from "./frame-index";
import type { FrameTimes } from "./frame-index";

export const RATES = [0.1, 0.25, 0.5, 1, 1.5, 2] as const;

/** A range of frames, both ends included. */
export interface FrameRange {
  start: number;
  end: number;
}

export interface PlayerSnapshot {
  /** The frame on the screen; while `seeking`, the frame that was asked for and is not confirmed yet. */
  frame: number;
  seeking: boolean;
  playing: boolean;
  waiting: boolean;
  failed: boolean;
  ready: boolean;
  rate: number;
  volume: number;
  muted: boolean;
  loop: FrameRange | null;
}

/** The part of HTMLVideoElement that the controller uses, so that tests can bring their own. */
export type VideoLike = Pick<
  HTMLVideoElement,
  "currentTime" | "paused" | "seeking" | "playbackRate" | "volume" | "muted" | "readyState" | "play" | "pause" | "addEventListener" | "removeEventListener"
> &
  Partial<Pick<HTMLVideoElement, "requestVideoFrameCallback" | "cancelVideoFrameCallback">>;

const HAVE_CURRENT_DATA = 2;
/** How long to wait for the sought frame to be reported as shown; a seek within one frame is never reported. */
const CONFIRM_MS = 300;

/**
 * Drives one <video> by frame numbers. The shown frame is known from requestVideoFrameCallback's mediaTime
 * against the server's table of frame times; seeks go to the middle of the wanted frame's stay. Seeks asked
 * for while one is under way are merged, so that holding a key down stays quick.
 */
export class PlayerController {
  private snapshot: PlayerSnapshot = {
    frame: 0, seeking: false, playing: false, waiting: false, failed: false, ready: false, rate: 1, volume: 1, muted: false, loop: null,
  };
  private readonly listeners = new Set<() => void>();
  private video: VideoLike | null = null;
  private queued: number | null = null;
  /** The frame being sought, until the browser reports it as shown. */
  private target: number | null = null;
  private reported: number | null = null;
  private confirmTimer: ReturnType<typeof setTimeout> | null = null;
  private offsetS: number | null = null;
  private frameCallback: number | null = null;
  private loopTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    readonly timesS: FrameTimes,
    readonly durationS: number | null,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): PlayerSnapshot => this.snapshot;

  /** Takes charge of a video element. Returns the way to let go of it. */
  attach(video: VideoLike): () => void {
    this.video = video;
    const on: [string, () => void][] = [
      ["play", () => this.update({ playing: true })],
      ["pause", () => this.update({ playing: false, waiting: false })],
      ["waiting", () => this.update({ waiting: true })],
      ["playing", () => this.update({ waiting: false, playing: !video.paused })],
      ["canplay", () => this.update({ waiting: false })],
      ["loadeddata", () => this.update({ ready: true, failed: false })],
      ["seeked", this.onSeeked],
      ["ended", this.onEnded],
      ["timeupdate", this.onTimeUpdate],
      ["error", () => this.update({ failed: true, playing: false, waiting: false })],
      ["volumechange", () => this.update({ volume: video.volume, muted: video.muted })],
      ["ratechange", () => this.update({ rate: video.playbackRate })],
    ];
    for (const [type, listener] of on) video.addEventListener(type, listener);
    this.update({ volume: video.volume, muted: video.muted, rate: video.playbackRate, ready: video.readyState >= HAVE_CURRENT_DATA });
    this.watchFrames();
    return () => {
      for (const [type, listener] of on) video.removeEventListener(type, listener);
      if (this.frameCallback !== null) video.cancelVideoFrameCallback?.(this.frameCallback);
      this.clearLoopTimer();
      this.clearConfirmTimer();
      this.video = null;
    };
  }

  play(): void {
    const { loop, frame } = this.snapshot;
    if (loop !== null && (frame < loop.start || frame >= loop.end)) this.seekToFrame(loop.start);
    this.video?.play().catch(() => {
      // Refused or interrupted by a pause: the pause event tells the rest.
      this.update({ playing: false });
    });
  }

  pause(): void {
    this.video?.pause();
  }

  togglePlay(): void {
    if (this.video?.paused === false) this.pause();
    else this.play();
  }

  /** Pauses, and makes sure that the frame the counter names is the one on the screen. Returns it. */
  hold(): number {
    const { frame } = this.snapshot;
    if (this.video?.paused === false) {
      this.pause();
      this.seekToFrame(frame);
    }
    return frame;
  }

  stepBy(frames: number): void {
    this.pause();
    this.seekToFrame((this.queued ?? this.snapshot.frame) + frames);
  }

  seekToFrame(frame: number): void {
    const target = clampFrame(this.timesS, frame);
    const { video } = this;
    this.clearLoopTimer();
    if (video === null) return;
    this.clearConfirmTimer();
    this.target = target;
    this.reported = null;
    this.update({ frame: target, seeking: true });
    if (video.seeking) {
      this.queued = target;
      return;
    }
    this.queued = null;
    video.currentTime = this.middleS(target);
  }

  seekToTime(timeS: number): void {
    this.seekToFrame(frameAt(this.timesS, timeS));
  }

  setRate(rate: number): void {
    if (this.video !== null) this.video.playbackRate = rate;
  }

  /** One step along RATES: -1 slower, 1 faster. */
  shiftRate(direction: -1 | 1): void {
    const sorted = direction > 0 ? [...RATES] : [...RATES].reverse();
    const next = sorted.find((rate) => (direction > 0 ? rate > this.snapshot.rate + 1e-6 : rate < this.snapshot.rate - 1e-6));
    if (next !== undefined) this.setRate(next);
  }

  setVolume(volume: number): void {
    if (this.video === null) return;
    this.video.volume = Math.min(1, Math.max(0, volume));
    this.video.muted = volume <= 0;
  }

  toggleMute(): void {
    if (this.video !== null) this.video.muted = !this.video.muted;
  }

  /** Loops a range, or with null stops looping. Goes to the range's start when outside it. */
  setLoop(loop: FrameRange | null): void {
    this.clearLoopTimer();
    this.update({ loop });
    if (loop !== null && (this.snapshot.frame < loop.start || this.snapshot.frame > loop.end)) this.seekToFrame(loop.start);
  }

  private middleS(frame: number): number {
    return frameMiddleS(this.timesS, frame, this.durationS) + (this.offsetS ?? 0);
  }

  private update(change: Partial<PlayerSnapshot>): void {
    const keys = Object.keys(change) as (keyof PlayerSnapshot)[];
    if (keys.every((key) => change[key] === this.snapshot[key])) return;
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.listeners) listener();
  }

  private watchFrames(): void {
    const { video } = this;
    if (video?.requestVideoFrameCallback === undefined) return;
    this.frameCallback = video.requestVideoFrameCallback((_now, { mediaTime }) => {
      this.onFrame(mediaTime);
      this.watchFrames();
    });
  }

  private onFrame(mediaTimeS: number): void {
    const { video } = this;
    if (video === null) return;
    // The very first picture of an untouched video is frame 0: what its mediaTime is off by, all are off by.
    if (this.offsetS === null) {
      const early = video.currentTime < (this.timesS[1] ?? Infinity);
      this.offsetS = early ? mediaTimeS - (this.timesS[0] ?? 0) : 0;
    }
    if (this.queued !== null) return;
    const frame = frameOfMediaTime(this.timesS, mediaTimeS - this.offsetS);
    this.reported = frame;
    if (video.seeking) return;
    // A picture from before the seek may still be reported after it: the counter must not fall back to it.
    if (this.target !== null && frame !== this.target && !this.snapshot.playing) return;
    this.settle(frame);
    this.turnAtLoopEnd(frame);
  }

  private settle(frame: number): void {
    this.clearConfirmTimer();
    this.target = null;
    this.update({ frame, seeking: false, ready: true });
  }

  private clearConfirmTimer(): void {
    if (this.confirmTimer !== null) clearTimeout(this.confirmTimer);
    this.confirmTimer = null;
  }

  private turnAtLoopEnd(frame: number): void {
    const { loop, playing, rate } = this.snapshot;
    if (loop === null || !playing || frame < loop.end || this.loopTimer !== null) return;
    const stayS = frame > loop.end ? 0 : frameEndS(this.timesS, frame, this.durationS) - (this.timesS[frame] ?? 0);
    this.loopTimer = setTimeout(() => {
      this.loopTimer = null;
      if (this.snapshot.playing && this.snapshot.loop === loop) this.seekToFrame(loop.start);
    }, (stayS / rate) * 1000);
  }

  private clearLoopTimer(): void {
    if (this.loopTimer !== null) clearTimeout(this.loopTimer);
    this.loopTimer = null;
  }

  private readonly onSeeked = (): void => {
    const { queued, video } = this;
    if (queued !== null && video !== null) {
      this.queued = null;
      video.currentTime = this.middleS(queued);
      return;
    }
    if (video?.requestVideoFrameCallback === undefined) {
      this.target = null;
      this.update({ seeking: false });
      this.onTimeUpdate();
    } else if (this.target !== null && this.reported === this.target) this.settle(this.target);
    else this.confirmTimer = setTimeout(() => this.settle(this.reported ?? this.snapshot.frame), CONFIRM_MS);
  };

  private readonly onEnded = (): void => {
    if (this.snapshot.loop === null) {
      this.update({ playing: false, frame: lastFrame(this.timesS) });
      return;
    }
    this.seekToFrame(this.snapshot.loop.start);
    this.play();
  };

  /** Browsers without requestVideoFrameCallback: the clock says which frame should be on the screen. */
  private readonly onTimeUpdate = (): void => {
    const { video } = this;
    if (video === null || video.requestVideoFrameCallback !== undefined || video.seeking) return;
    const frame = frameAt(this.timesS, video.currentTime - (this.offsetS ?? 0));
    this.update({ frame });
    this.turnAtLoopEnd(frame);
  };
}
