import type { ReactElement } from "react";
import { Card } from "@/components/ui/page";
import styles from "./upload-desk.module.css";

/** What can be brought in, said before anybody waits for an upload that is refused. */
export function AcceptedFiles(): ReactElement {
  return (
    <Card title="What is accepted">
      <dl className={styles.facts}>
        <div>
          <dt>Video</dt>
          <dd>MP4, MOV, MKV, WebM, AVI, MPEG-TS or GIF, up to 15 minutes</dd>
        </div>
        <div>
          <dt>Picture</dt>
          <dd>JPEG, PNG or WebP</dd>
        </div>
        <div>
          <dt>Size</dt>
          <dd>Up to 1 GB a file, unless your installation sets another limit</dd>
        </div>
        <div>
          <dt>Picture size</dt>
          <dd>Up to 8192 pixels a side and 36 megapixels</dd>
        </div>
        <div>
          <dt>Frames</dt>
          <dd>Up to 120 a second and 30 000 in all</dd>
        </div>
      </dl>
      <p className={styles.small}>
        Send the file as you got it. A copy that was screened, cut or sent through a messenger has lost traces that tell a fake. You will
        not be asked to judge what you bring in.
      </p>
    </Card>
  );
}
