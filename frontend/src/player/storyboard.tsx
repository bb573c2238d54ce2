import { useEffect, useRef, useState } from "react";
import type { ReactElement } from "react";
import type { ThumbnailStrip } from "@/lib/models";
import { tileCount, tilesFor } from "./thumbnail-strip";
import styles from "./time-axis.module.css";
import { useSize } from "./use-size";
import type { Size } from "./zoom";

interface StoryboardProps {
  url: string | null;
  strip: ThumbnailStrip | null;
  lengthS: number;
}

/** The strip's picture, fetched once: the server forbids keeping it, so every further use would fetch again. */
function useImage(url: string | null): HTMLImageElement | null {
  const [loaded, setLoaded] = useState<{ url: string; image: HTMLImageElement } | null>(null);
  useEffect(() => {
    if (url === null) return;
    const image = new Image();
    image.onload = () => setLoaded({ url, image });
    image.src = url;
    return () => {
      image.onload = null;
    };
  }, [url]);
  return loaded?.url === url ? loaded.image : null;
}

/** Draws the tiles side by side, each filling its slot like `object-fit: cover`. */
function draw(canvas: HTMLCanvasElement, image: HTMLImageElement, strip: ThumbnailStrip, lane: Size, lengthS: number): void {
  const density = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = Math.round(lane.width * density);
  canvas.height = Math.round(lane.height * density);
  const context = canvas.getContext("2d");
  const count = tileCount(lane.width, lane.height, strip);
  if (context === null || count === 0) return;
  context.scale(density, density);
  const slot = lane.width / count;
  const scale = Math.max(lane.height / strip.height, slot / strip.width);
  const [cutWidth, cutHeight] = [slot / scale, lane.height / scale];
  tilesFor(count, lengthS, strip).forEach(({ column, row }, index) => {
    const x = column * strip.width + (strip.width - cutWidth) / 2;
    const y = row * strip.height + (strip.height - cutHeight) / 2;
    context.drawImage(image, x, y, cutWidth, cutHeight, index * slot, 0, slot, lane.height);
  });
}

/** Small pictures along the time axis, cut out of one strip. Decoration of the slider around it. */
export function Storyboard({ url, strip, lengthS }: StoryboardProps): ReactElement {
  const [ref, size] = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const image = useImage(url);
  useEffect(() => {
    if (canvasRef.current !== null && image !== null && strip !== null && size.width > 0) {
      draw(canvasRef.current, image, strip, size, lengthS);
    }
  }, [image, strip, size, lengthS]);
  return (
    <div ref={ref} className={styles.board} aria-hidden>
      {image === null || strip === null ? null : <canvas ref={canvasRef} className={styles.tiles} />}
    </div>
  );
}
