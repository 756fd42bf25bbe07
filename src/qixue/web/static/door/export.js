// The last way out: all entries as a file, for a device that cannot send.

import { stamp } from "./words.js";

/** One device as `qixue door import` takes it; `clock_offset` is how many seconds the server was ahead at the last contact. */
async function written(store, device) {
  const scans = await Promise.all((await store.scans(device.id)).map((scan) => store.body(scan)));
  return { id: device.id, name: device.name, clock_offset: Math.round(device.offset / 1000), highest_sequence: device.sequence, scans };
}

/** Offers the file for saving. It holds no token: whoever gets it can read entries, not send any. */
export async function saveFile(store) {
  const devices = await Promise.all((await store.devices()).map((device) => written(store, device)));
  const file = new Blob([JSON.stringify({ format: "qixue-door-1", devices }, null, 1)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `qixue-door-${stamp(new Date())}.json`;
  link.click();
  for (const device of devices) {
    await store.changeDevice(device.id, { exportedAt: Date.now(), exportedTo: device.highest_sequence });
  }
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
