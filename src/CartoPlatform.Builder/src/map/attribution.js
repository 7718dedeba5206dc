/** Names those whose data is on the map, as their licences ask. */
export function showAttribution(paragraph, sources) {
  const links = [...new Set(sources)].map(({ text, href }) =>
    Object.assign(document.createElement('a'), { textContent: text, href, target: '_blank', rel: 'noopener noreferrer' }));
  paragraph.replaceChildren(...links.flatMap((link, index) => index ? [' · ', link] : [link]));
}
