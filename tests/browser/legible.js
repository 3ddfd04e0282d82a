// Measures a page as it is seen: every visible text with its size and colour, every place to press, and
// what is cut off. In shadows and in SVG, too, whose letters shrink with their drawing.
() => {
  const roots = (root) => [root, ...[...root.querySelectorAll("*")].flatMap((node) => (node.shadowRoot ? roots(node.shadowRoot) : []))];
  const parent = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const said = (node) => `${node.tagName.toLowerCase()}.${(node.getAttribute("class") ?? "").trim().replaceAll(/\s+/g, ".")}`;
  const isSeen = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const channels = (colour) => {
    const numbers = colour.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0];
    const scale = colour.startsWith("color(") ? 255 : 1;
    return [...numbers.slice(0, 3).map((channel) => channel * scale), numbers[3] ?? 1];
  };
  const sizeOf = (node) => {
    const size = parseFloat(getComputedStyle(node).fontSize);
    const matrix = node.getScreenCTM?.();
    return matrix ? size * Math.sqrt(Math.abs(matrix.a * matrix.d - matrix.b * matrix.c)) : size;
  };
  // How much of a text is let through, and who cuts it at its side.
  const passed = (node, box) => {
    let opacity = 1;
    let cut = null;
    let isScrolled = false;
    for (let at = node; at; at = parent(at)) {
      const style = getComputedStyle(at);
      opacity *= parseFloat(style.opacity);
      const isFrame = !(at instanceof SVGElement) || at.tagName === "svg";
      if (!isFrame || style.overflowX === "visible" || at === document.body) continue;
      const frame = at.getBoundingClientRect();
      if (frame.width <= 2 || box.right <= frame.left + 1 || box.left >= frame.right - 1) return null;
      if (box.bottom <= frame.top + 1 || box.top >= frame.bottom - 1) return null;
      const isCut = !isScrolled && (box.right > frame.right + 1.5 || box.left < frame.left - 1.5);
      isScrolled ||= ["auto", "scroll"].includes(style.overflowX); // what is beyond it can be had
      if (isCut && !isScrolled && style.textOverflow !== "ellipsis") cut ??= said(at);
    }
    return { opacity, cut, isScrolled };
  };
  const texts = [];
  const targets = [];
  const PRESSED = "button, a[href], input, select, textarea, summary, [role=button], [role=radio], [role=tab], [role=slider], [role=switch]";
  for (const root of roots(document)) {
    const walker = document.createTreeWalker(root.body ?? root, NodeFilter.SHOW_TEXT);
    for (let text; (text = walker.nextNode()); ) {
      const node = text.parentElement;
      if (!text.data.trim() || !node || node.closest("style, script, title, noscript, option") || !isSeen(node)) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const box = [...range.getClientRects()].find(({ width, height }) => width > 0.5 && height > 0.5);
      const way = box && passed(node, range.getBoundingClientRect());
      if (!way) continue;
      const style = getComputedStyle(node);
      const [red, green, blue, alpha] = channels(node instanceof SVGElement ? style.fill : style.color);
      const isOff = range.getBoundingClientRect().right > innerWidth + 1;
      texts.push({
        text: `${text.data.trim().slice(0, 40)} (${said(node)})`,
        size: sizeOf(node),
        colour: [red, green, blue],
        alpha: alpha * way.opacity,
        isDisabled: Boolean(node.closest(":disabled, [aria-disabled=true]")),
        cut: way.cut ?? (isOff && !way.isScrolled ? "window" : null),
        box: [box.left, box.top, box.width, box.height],
      });
    }
    for (const node of root.querySelectorAll(PRESSED)) {
      if (node instanceof SVGElement || node.disabled || node.closest("[aria-hidden=true], p") || !isSeen(node)) continue;
      if (getComputedStyle(node).pointerEvents === "none") continue;
      // A box is pressed together with what frames it: its label, its field. A menu that is folded
      // away lies beside the window.
      const whole = [node, node.closest("label"), node.matches("input:not([type=range]), .stSelectbox button") ? node.closest("[role=group]") : null];
      if (node.getBoundingClientRect().left < 0) continue;
      const boxes = whole.filter(Boolean).map((one) => one.getBoundingClientRect());
      const [width, height] = [Math.max(...boxes.map((box) => box.width)), Math.max(...boxes.map((box) => box.height))];
      const name = node.getAttribute("aria-label") ?? node.textContent.trim();
      if (width > 1 && height > 1) targets.push({ name: `${name.slice(0, 40)} (${said(node)})`, width, height });
    }
  }
  return { texts, targets };
}
