// Reads QR codes from the camera or from a photo: with the browser's own reader, or with ours where it has none.
import { drawn } from "./photos.js";

const SIDE = 720; // pixels of the square that is read from the middle of the picture
const PAUSE = 120; // ms between two looks
const SAME = 3000; // ms for which a code that stays in view counts as the same one

let reader = null;

async function chosenReader() {
  if ("BarcodeDetector" in window) {
    try {
      if ((await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
        const detector = new BarcodeDetector({ formats: ["qr_code"] });
        return async (canvas) => (await detector.detect(canvas))[0]?.rawValue || "";
      }
    } catch { /* the name is there, the reader is not: some Linux and Huawei builds */ }
  }
  const { decodeQR } = await import("./vendor/qr/decode.js");
  return (canvas) => {
    const image = canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(image);
    } catch {
      return ""; // no code in the picture
    }
  };
}

/** The text of the code in a canvas, or an empty one. */
async function read(canvas) {
  reader ??= chosenReader();
  return (await reader)(canvas);
}

/** The text of the code in a photo, or an empty one. */
export async function readPhoto(file) {
  return (await read(await drawn(file))) || read(await drawn(file, SIDE));
}

/** The camera. `onText` is called once for every code that comes into view. */
export class Scanner {
  constructor(video, onText) {
    this.video = video;
    this.onText = onText;
    this.stream = null;
    this.canvas = document.createElement("canvas");
    this.last = { text: "", at: 0 };
  }

  get isOn() {
    return this.stream !== null;
  }

  /** Throws where there is no camera, or it may not be used. */
  async start() {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    this.stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    this.video.srcObject = this.stream;
    await this.video.play();
    this.awake = await navigator.wakeLock?.request("screen").catch(() => null);
    this.look(this.stream);
  }

  stop() {
    for (const track of this.stream?.getTracks() || []) track.stop();
    this.awake?.release();
    this.stream = this.awake = this.video.srcObject = null;
    this.last = { text: "", at: 0 };
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

  found(text) {
    if (!text || !this.stream) return;
    const at = Date.now();
    const isSame = text === this.last.text && at - this.last.at < SAME;
    this.last = { text, at };
    if (!isSame) this.onText(text);
  }
}
