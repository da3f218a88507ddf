// Charts: the nearest point under the mouse, or walked along by keyboard.
document.querySelectorAll('[data-plot]').forEach((plot) => {
  const rows = [...plot.parentElement.querySelectorAll('.points tr')];
  if (rows.length === 0) return;
  const points = rows.map((row) => {
    const [x, y, seen] = [...row.children].map((cell) => cell.textContent);
    return { x, y, held: seen === 'held' };
  });
  const drawings = [...plot.querySelectorAll('svg')].map((svg) => ({
    svg,
    xs: svg.dataset.xs.split(' ').map(Number),
    ys: svg.dataset.ys.split(' ').map(Number),
    line: add(svg, 'line', 'cursor'),
    point: add(svg, 'circle', 'cursor-point'),
  }));
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  plot.append(tip);

  function add(svg, kind, name) {
    const part = document.createElementNS('http://www.w3.org/2000/svg', kind);
    part.setAttribute('class', name);
    part.setAttribute('visibility', 'hidden');
    svg.append(part);
    return part;
  }

  const shown = () => drawings.find(({ svg }) => svg.getBoundingClientRect().width > 0);
  const words = (i) => `${points[i].x}, ${points[i].y}${points[i].held ? ', held' : ''}`;
  let at = points.length - 1;

  function show(i) {
    at = Math.max(0, Math.min(points.length - 1, i));
    plot.setAttribute('aria-valuenow', at);
    plot.setAttribute('aria-valuetext', words(at));
    const drawing = shown();
    if (!drawing) return;
    const { svg, xs, ys, line, point } = drawing;
    const set = (part, values) => Object.entries(values).forEach(([name, value]) => part.setAttribute(name, value));
    set(line, { x1: xs[at], x2: xs[at], y1: 0, y2: svg.dataset.foot, visibility: 'visible' });
    set(point, { cx: xs[at], cy: ys[at], r: 4.5, visibility: 'visible' });
    const figure = document.createElement('b');
    figure.textContent = points[at].y + (points[at].held ? ' held' : '');
    tip.replaceChildren(figure, points[at].x);
    tip.hidden = false;
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const x = xs[at] * scale;
    const left = x > plot.clientWidth / 2 ? x - tip.offsetWidth - 14 : x + 14;
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.max(0, ys[at] * scale - tip.offsetHeight / 2))}px)`;
  }

  function hide() {
    tip.hidden = true;
    drawings.forEach(({ line, point }) => {
      line.setAttribute('visibility', 'hidden');
      point.setAttribute('visibility', 'hidden');
    });
  }

  plot.tabIndex = 0;
  plot.setAttribute('role', 'slider');
  plot.setAttribute('aria-valuemin', 0);
  plot.setAttribute('aria-valuemax', points.length - 1);
  plot.setAttribute('aria-valuenow', at);
  plot.setAttribute('aria-valuetext', words(at));
  plot.addEventListener('pointermove', (event) => {
    const drawing = shown();
    if (!drawing) return;
    const area = drawing.svg.getBoundingClientRect();
    const x = ((event.clientX - area.left) / area.width) * drawing.svg.viewBox.baseVal.width;
    let best = 0;
    drawing.xs.forEach((px, i) => { if (Math.abs(px - x) < Math.abs(drawing.xs[best] - x)) best = i; });
    show(best);
  });
  plot.addEventListener('pointerleave', hide);
  plot.addEventListener('focus', () => { if (plot.matches(':focus-visible')) show(at); });
  plot.addEventListener('blur', hide);
  plot.addEventListener('keydown', (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -points.length, End: points.length };
    if (!(event.key in steps)) return;
    event.preventDefault();
    show(at + steps[event.key]);
  });
});
