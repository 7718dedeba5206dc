import { bytes, count } from '../format/units.js';

/** What the map has cost: tiles, bytes, and the time that half of them stayed under. */
export function createTraffic({ footer, notice, progress }, traffic) {
  let asked = false;
  const show = () => {
    asked = false;
    progress.hidden = traffic.pending === 0;
    notice.hidden = traffic.dropped === 0;
    notice.textContent = `Some tiles were too full and leave out ${count(traffic.dropped)} rows. Zoom in to see all.`;
    const { tiles, milliseconds } = traffic;
    if (!milliseconds.length) return (footer.textContent = tiles ? 'No data in these tiles' : 'No tiles yet');
    const sorted = [...milliseconds].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    footer.textContent = `${count(tiles)} tiles · ${bytes(traffic.bytes)} · median ${count(Math.max(1, median))} ms`;
  };
  traffic.changed = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(show);
  };
  show();
}
