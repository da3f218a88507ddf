// Runs before the page is drawn, so that a chosen theme does not flash.
(function () {
  'use strict';
  try {
    var theme = localStorage.getItem('tarn-theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch (e) { /* a page without storage follows the system */ }
})();
