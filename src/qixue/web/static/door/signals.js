// A verdict for ears and fingers: one high tone, two middle ones, one long low one.
const PATTERNS = {
  good: { tones: [[880, 0, 0.15]], shake: [80] },
  mind: { tones: [[520, 0, 0.14], [520, 0.22, 0.14]], shake: [80, 80, 80] },
  stop: { tones: [[220, 0, 0.5]], shake: [400] },
};
let audio = null;

export function signal(tone) {
  navigator.vibrate?.(PATTERNS[tone].shake);
  try {
    audio ??= new AudioContext();
    for (const [pitch, after, length] of PATTERNS[tone].tones) sound(pitch, audio.currentTime + after, length);
  } catch { /* a device without sound: colour and words are enough */ }
}

function sound(pitch, at, length) {
  const wave = audio.createOscillator();
  const volume = audio.createGain();
  wave.frequency.value = pitch;
  volume.gain.setValueAtTime(0.2, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + length);
  wave.connect(volume).connect(audio.destination);
  wave.start(at);
  wave.stop(at + length);
}
