const MARGIN = 28;

/** What covers the map, in pixels from each side: the panel stands to the left of it, or on a phone below. */
export function freeFrame() {
  const panel = document.getElementById('panel').getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const below = panel.width > clientWidth * 0.8;
  return {
    left: below ? MARGIN : panel.right + MARGIN,
    right: below ? MARGIN : MARGIN * 2,
    top: MARGIN,
    bottom: below ? Math.min(clientHeight * 0.6, clientHeight - panel.top) + MARGIN : MARGIN,
  };
}
