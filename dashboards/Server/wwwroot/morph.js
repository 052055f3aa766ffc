// Makes one element like another while keeping what did not change: focus, an open menu, a half-typed field, a scroll position.
export function morph(from, to) {
  if (isInUse(from)) {
    return;
  }
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !(from.localName === "details" && name === "open")) {
      from.removeAttribute(name);
    }
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) {
      from.setAttribute(name, value);
    }
  }
  const have = [...from.childNodes];
  const want = [...to.childNodes];
  const byId = new Map(have.filter((node) => node.id).map((node) => [node.id, node]));
  let at = from.firstChild;
  for (const node of want) {
    let match = node.id ? byId.get(node.id) : at;
    if (match && node.id && match !== at) {
      from.insertBefore(match, at);
    }
    if (match && match.nodeType === node.nodeType && match.nodeName === node.nodeName && (match.id ?? "") === (node.id ?? "")) {
      if (node.nodeType === Node.ELEMENT_NODE) {
        morph(match, node);
      } else if (match.nodeValue !== node.nodeValue) {
        match.nodeValue = node.nodeValue;
      }
      at = match.nextSibling;
    } else {
      from.insertBefore(document.importNode(node, true), at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** A menu that somebody has open, with the fields in it, is left alone until it is closed. */
function isInUse(element) {
  return (element.localName === "details" && element.open) || (element.localName === "form" && element.contains(document.activeElement));
}
