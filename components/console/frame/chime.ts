let context: AudioContext | null = null;

/** Browsers let a page sound only after a gesture: call this from one. */
export function unlockSound(): void {
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
}

function tone(audio: AudioContext, hertz: number, at: number, seconds: number, volume: number) {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = 'sine';
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume, at + 0.012);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}

/** An offer is two rising tones, a message one soft one. Silent until the page was touched. */
export function chime(of: 'offer' | 'message'): void {
  if (context?.state !== 'running') return;
  const now = context.currentTime;
  if (of === 'message') {
    tone(context, 740, now, 0.35, 0.08);
    return;
  }
  tone(context, 587.3, now, 0.45, 0.16);
  tone(context, 880, now + 0.16, 0.6, 0.16);
}
