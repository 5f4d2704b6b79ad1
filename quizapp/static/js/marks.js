// Highlights: ranges of characters of the stem's text, as in "10-25,40-52".
export function parse(value) {
  return value ? value.split(",").map((range) => range.split("-").map(Number)) : [];
}

export function format(ranges) {
  return ranges.map(([from, to]) => `${from}-${to}`).join(",");
}

export function add(ranges, [from, to]) {
  const apart = ranges.filter(([start, end]) => end < from || start > to);
  const touching = ranges.filter(([start, end]) => end >= from && start <= to);
  const joined = [Math.min(from, ...touching.map(([start]) => start)), Math.max(to, ...touching.map(([, end]) => end))];
  return [...apart, joined].sort(([one], [other]) => one - other);
}

export function remove(ranges, position) {
  return ranges.filter(([from, to]) => position < from || position >= to);
}

// The selection as a range of the element's characters, or null if it is empty or reaches outside.
export function selected(element) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!element.contains(range.startContainer) || !element.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(element);
  before.setEnd(range.startContainer, range.startOffset);
  const from = before.toString().length;
  return [from, from + range.toString().length];
}

// Wraps the ranges of a fresh element's text in <mark>.
export function paint(element, ranges) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts = [];
  let offset = 0;
  while (walker.nextNode()) {
    texts.push([walker.currentNode, offset]);
    offset += walker.currentNode.data.length;
  }
  for (const [node, start] of texts) {
    const inside = ranges
      .map(([from, to]) => [Math.max(from - start, 0), Math.min(to - start, node.data.length)])
      .filter(([from, to]) => from < to);
    for (const [from, to] of inside.reverse()) {
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, to);
      const mark = document.createElement("mark");
      mark.dataset.from = start + from;
      range.surroundContents(mark);
    }
  }
}
