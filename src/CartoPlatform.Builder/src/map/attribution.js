/** Names those whose data is on the map, as their licences ask. */
export function showAttribution(paragraph, sources) {
  const away = { target: '_blank', rel: 'noopener noreferrer' };
  const links = [...new Set(sources)].map(({ text, href }) =>
    Object.assign(document.createElement('a'), { textContent: text, href, ...away }));
  paragraph.replaceChildren(...links.flatMap((link, index) => index ? [' · ', link] : [link]));
}
