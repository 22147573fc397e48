"""What the browser tests ask of a page, in its own language."""

# The ranks of all that the keyboard must reach, in order; each keeps its own.
REACHABLE = """() => [...document.querySelectorAll("a[href], summary, button, input, select, [tabindex='0']")]
  .filter(one => one.checkVisibility()).map((one, rank) => one.dataset.rank = String(rank))"""

# What has the focus: its rank among what must be reached, whether it is in sight with its outline.
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const wide = box.width > 0 && box.right > 0 && box.left < innerWidth;
  const high = box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {rank: one.dataset.rank, seen: wide && high && outlined, html: one.outerHTML.slice(0, 120)};
}"""

# Note in `noted` what has the focus whenever a key is pressed: what the key before has led to.
NOTES = f"""() => {{
  window.noted = [];
  addEventListener("keydown", () => noted.push(({FOCUSED})()), true);
}}"""

# The texts of the drawings whose contrast with what is drawn behind them is too low.
CONTRASTS = """least => {
  const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const brush = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true}), known = {};
  const painted = colour => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const read = colour => colour === "none" ? [] : known[colour] ??= painted(colour);
  const paper = one => read(getComputedStyle(one).backgroundColor)[3] ? one : paper(one.parentElement);
  const over = (top, alpha, under) => under.map((value, rank) => value + (top[rank] - value) * alpha);
  const low = [];
  for (const svg of document.querySelectorAll("svg[role=img]")) {
    const marks = [...svg.querySelectorAll("rect, path, circle, polygon, ellipse, text")];
    const drawn = marks.filter(one => !one.closest("defs, clipPath"));
    const inverses = drawn.map(one => one.getScreenCTM().inverse());
    drawn.forEach((text, last) => {
      if (text.localName !== "text" || !text.textContent.trim()) return;
      const style = getComputedStyle(text), box = text.getBoundingClientRect();
      const point = new DOMPoint(box.left + box.width / 2, box.top + box.height / 2);
      let behind = read(getComputedStyle(paper(svg)).backgroundColor).slice(0, 3);
      drawn.slice(0, last).forEach((mark, rank) => {
        const {fill, fillOpacity, opacity} = getComputedStyle(mark), [r, g, b, a] = read(fill);
        if (mark.localName === "text" || r === undefined) return;
        if (!mark.isPointInFill(point.matrixTransform(inverses[rank]))) return;
        behind = over([r, g, b], (a ?? 1) * fillOpacity * opacity, behind);
      });
      if (style.stroke !== "none" && style.paintOrder.startsWith("stroke")) behind = read(style.stroke).slice(0, 3);
      const lights = [light(read(style.fill).slice(0, 3)), light(behind)];
      const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
      if (contrast < least) low.push(`${text.textContent}: ${contrast.toFixed(2)}, ${style.fill} on ${behind}`);
    });
  }
  return low;
}"""
