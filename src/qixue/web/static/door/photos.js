// Pictures from the camera or the gallery, made small before they are kept or read.
export const LONGEST_SIDE = 1600; // pixels
const LARGEST = 1_000_000; // bytes of JPEG, about 1.35 MB as base64

/** A canvas with the picture, at most `longest` pixels wide or high. Throws where the file is no picture. */
export async function drawn(file, longest = LONGEST_SIDE) {
  const upright = { imageOrientation: "from-image" };
  const picture = await createImageBitmap(file, upright).catch(() => createImageBitmap(file)); // older Safari knows no options
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
}

const jpeg = (canvas, quality) => new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));

/** The photo as base64 JPEG without what cameras write into files (place, device): a drawing keeps pixels only. */
export async function shrunk(file) {
  const canvas = await drawn(file);
  for (const quality of [0.8, 0.65, 0.5, 0.35, 0.2]) {
    const blob = await jpeg(canvas, quality);
    if (blob.size <= LARGEST) return base64(blob);
  }
  throw new Error("the photo stays too large");
}

async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
