'use strict';

// The choice between light, dark and what the system says.
(function () {
  const field = document.querySelector('.theme');
  const root = document.documentElement;
  field.hidden = false;
  field.querySelector(`[value="${root.dataset.theme || 'auto'}"]`).checked = true;
  field.addEventListener('change', (event) => {
    const theme = event.target.value;
    if (theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
      localStorage.setItem('tarn-theme', theme);
    } catch { /* it lasts as long as the page does */ }
  });
})();

// What scrolls can be reached by keyboard; what does not is no stop on the way.
(function () {
  const regions = document.querySelectorAll('[data-scrolls]');
  const fit = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const scrolls = target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1;
      if (scrolls) target.tabIndex = 0;
      else target.removeAttribute('tabindex');
    }
  });
  regions.forEach((region) => fit.observe(region));
})();
