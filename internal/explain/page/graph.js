// The graph: tracing, walking by keyboard, details, size.
(function () {
  const drawing = document.querySelector('.drawing');
  if (!drawing) return;
  const canvas = drawing.parentElement;
  const details = document.querySelector('.details');
  const status = document.querySelector('[data-status]');
  const nodes = [...drawing.querySelectorAll('.node')];
  const edges = [...drawing.querySelectorAll('.edge')];
  const byRef = new Map(nodes.map((node) => [node.dataset.ref, node]));
  const box = (node) => node.querySelector('.box').y.baseVal.value;
  const up = (node) => node.dataset.up.split(' ').map((ref) => byRef.get(ref)).filter(Boolean);
  const down = new Map(nodes.map((node) => [node, []]));
  nodes.forEach((node) => up(node).forEach((parent) => down.get(parent).push(node)));

  function reach(node, next, found) {
    for (const other of next(node)) {
      if (!found.has(other)) {
        found.add(other);
        reach(other, next, found);
      }
    }
    return found;
  }

  function trace(node) {
    drawing.classList.toggle('tracing', Boolean(node));
    if (!node) return;
    const before = reach(node, up, new Set([node]));
    const after = reach(node, (n) => down.get(n), new Set([node]));
    for (const n of nodes) n.classList.toggle('traced', before.has(n) || after.has(n));
    for (const edge of edges) {
      const from = byRef.get(edge.dataset.from);
      const to = byRef.get(edge.dataset.to);
      edge.classList.toggle('traced', (before.has(from) && before.has(to)) || (after.has(from) && after.has(to)));
    }
  }

  let current = null;
  function show(node, speak) {
    if (!node) return;
    if (current) {
      current.removeAttribute('aria-current');
      current.tabIndex = -1;
    }
    current = node;
    node.setAttribute('aria-current', 'true');
    node.tabIndex = 0;
    for (const open of details.querySelectorAll('.detail.open')) open.classList.remove('open');
    const detail = document.getElementById('r-' + node.dataset.ref);
    detail.classList.add('open');
    if (speak) status.textContent = 'Details: ' + detail.dataset.name;
  }

  // The nearest of some neighbours: by column first, then by height.
  function nearest(node, others) {
    const away = (other) => Math.abs(other.dataset.layer - node.dataset.layer) * 1e6 + Math.abs(box(other) - box(node));
    return others.reduce((best, other) => (!best || away(other) < away(best) ? other : best), null);
  }

  function beside(node, step) {
    const column = nodes.filter((other) => other.dataset.layer === node.dataset.layer);
    return column[column.indexOf(node) + step];
  }

  const moves = {
    ArrowLeft: (node) => nearest(node, up(node)),
    ArrowRight: (node) => nearest(node, down.get(node)),
    ArrowUp: (node) => beside(node, -1),
    ArrowDown: (node) => beside(node, 1),
    Home: () => nodes[0],
    End: () => nodes[nodes.length - 1],
  };

  function focus(node) {
    node.focus({ preventScroll: true });
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    node.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: calm ? 'auto' : 'smooth' });
  }

  nodes.forEach((node) => {
    node.tabIndex = -1;
    node.addEventListener('pointerenter', () => trace(node));
    node.addEventListener('pointerleave', () => trace(drawing.contains(document.activeElement) && document.activeElement.matches(':focus-visible') ? document.activeElement : null));
    node.addEventListener('focus', () => { if (node.matches(':focus-visible')) trace(node); });
    node.addEventListener('blur', () => trace(null));
    node.addEventListener('keydown', (event) => {
      if (!moves[event.key]) return;
      event.preventDefault();
      const next = moves[event.key](node);
      if (!next) return;
      show(next, false);
      focus(next);
    });
  });

  // Every link to a resource shows its details.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#r-"]');
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const node = byRef.get(link.getAttribute('href').slice(3));
    show(node, true);
    const byKey = event.detail === 0;
    const heading = document.querySelector('.detail.open h3');
    if (byKey || !drawing.contains(link)) heading.focus({ preventScroll: true });
    if (byKey || !drawing.contains(link)) heading.closest('.detail').scrollIntoView({ block: 'nearest' });
  });
  details.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') focus(current);
  });

  // The size: as large as it fits, never so small that it cannot be read.
  const width = drawing.width.baseVal.value;
  const height = drawing.height.baseVal.value;
  let scale = 1;
  function resize(to) {
    scale = Math.min(2, Math.max(0.25, to));
    drawing.style.width = width * scale + 'px';
    drawing.style.height = height * scale + 'px';
  }
  const fitting = () => (canvas.clientWidth - 2) / width;
  const zoom = document.querySelector('.zoom');
  zoom.hidden = false;
  zoom.addEventListener('click', (event) => {
    const kind = event.target.dataset.zoom;
    if (kind === 'in') resize(scale * 1.25);
    if (kind === 'out') resize(scale / 1.25);
    if (kind === 'fit') resize(Math.min(1, fitting()));
  });

  details.classList.add('live');
  resize(Math.min(1, Math.max(0.8, fitting())));
  const wanted = byRef.get(location.hash.slice(3));
  const first = document.querySelector('.detail.first');
  show(wanted || byRef.get(first.id.slice(2)), false);
  const place = current.getBoundingClientRect();
  const around = canvas.getBoundingClientRect();
  canvas.scrollTo({
    left: place.left - around.left - (around.width - place.width) / 2,
    top: place.top - around.top - (around.height - place.height) / 2,
    behavior: 'instant',
  });
})();
