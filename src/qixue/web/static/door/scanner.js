// Reads QR codes from the camera or from a photo: with the browser's own reader, or with ours where it has none.
import { drawn } from "./photos.js";

const SIDE = 720; // pixels of the square that is read from the middle of the picture
const PAUSE = 120; // ms between two looks
const SAME = 3000; // ms for which a code that stays in view, or comes back, counts as the same one
const BETWEEN = 1000; // ms for which an answer stands before another code gets one

let reader = null;

async function chosenReader() {
  if ("BarcodeDetector" in window) {
    try {
      if ((await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
        const detector = new BarcodeDetector({ formats: ["qr_code"] });
        return async (canvas) => [...new Set((await detector.detect(canvas)).map((code) => code.rawValue).filter(Boolean))];
      }
    } catch { /* the name is there, the reader is not: some Linux and Huawei builds */ }
  }
  const { decodeQR } = await import("./vendor/qr/decode.js");
  return (canvas) => {
    const image = canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height);
    try {
      return [decodeQR(image)];
    } catch {
      return []; // no code in the picture
    }
  };
}

/** The texts of the codes in a canvas; our own reader finds one of several, or none. */
async function read(canvas) {
  reader ??= chosenReader();
  return (await reader)(canvas);
}

/** The texts of the codes in a photo. */
export async function readPhoto(file) {
  const texts = await read(await drawn(file));
  return texts.length ? texts : read(await drawn(file, SIDE));
}

/** The camera. `onText` is called once for a code that comes into view alone, `onSeveral` while there are more: nobody could
 * see whom the answer is about. `onLost` where the camera stops by itself: unplugged, forbidden, or taken by another app. */
export class Scanner {
  constructor(video, { onText, onSeveral, onLost }) {
    Object.assign(this, { video, onText, onSeveral, onLost, stream: null, actedAt: 0 });
    this.canvas = document.createElement("canvas");
    this.seen = new Map(); // when each text was seen last
  }

  get isOn() {
    return this.stream !== null;
  }

  /** Throws where there is no camera, or it may not be used. */
  async start() {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    this.stream = this.video.srcObject = stream;
    this.track.addEventListener("ended", () => this.stream === stream && this.onLost());
    try {
      await this.video.play();
    } catch (error) {
      this.stop(); // or it would stay on where nobody sees it
      throw error;
    }
    this.awake = await navigator.wakeLock?.request("screen").catch(() => null);
    this.look(stream);
  }

  stop() {
    for (const track of this.stream?.getTracks() || []) track.stop();
    this.awake?.release();
    this.stream = this.awake = this.video.srcObject = null;
    this.seen.clear();
    this.actedAt = 0;
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasLight() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  light(isOn) {
    return this.track.applyConstraints({ advanced: [{ torch: isOn }] });
  }

  async look(stream) {
    while (this.stream === stream) {
      if (!document.hidden && this.video.videoWidth) this.found(await read(this.middle()));
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  middle() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const side = Math.min(width, height);
    this.canvas.width = this.canvas.height = Math.min(SIDE, side);
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, this.canvas.width, this.canvas.height);
    return this.canvas;
  }

  found(texts) {
    if (!texts.length || !this.stream) return;
    if (texts.length > 1) return this.onSeveral();
    const [text] = texts;
    const at = Date.now();
    const isSame = at - this.seen.get(text) < SAME;
    if (!isSame && at - this.actedAt < BETWEEN) return; // it is read again when the answer before it was seen
    this.seen.set(text, at);
    if (isSame) return;
    this.actedAt = at;
    this.onText(text);
  }
}
