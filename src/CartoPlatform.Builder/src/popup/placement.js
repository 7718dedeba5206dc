const GAP = 14; // pixels between the place and the pop-up
const EDGE = 8; // pixels between the pop-up and the edge of the window

/** Above the place where there is room, else below, right or left; within the window in any case. */
export function besides([x, y], { offsetWidth: width, offsetHeight: height }, window) {
  const within = (value, most) => Math.max(EDGE, Math.min(most - EDGE, value));
  const left = within(x - width / 2, window.width - width);
  const top = within(y - height / 2, window.height - height);
  if (y - height - GAP >= EDGE) return [left, y - height - GAP];
  if (y + GAP + height <= window.height - EDGE) return [left, y + GAP];
  if (x + GAP + width <= window.width - EDGE) return [x + GAP, top];
  return [within(x - GAP - width, window.width - width), top];
}
