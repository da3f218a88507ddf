// The page without a mouse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { focused, launch, open } from './browser.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};

/** tabTo presses Tab until what has the focus matches. */
async function tabTo(page, wanted) {
  const seen = [];
  for (let i = 0; i < 60; i++) {
    await press(page, 'Tab');
    seen.push(await focused(page));
    if (wanted.test(seen.at(-1))) return;
  }
  assert.fail(`${wanted} was not reached: ${seen.join(' > ')}`);
}

test('the first stop skips to the report', async () => {
  const { page, done } = await open(browser, 'shop.html');
  await press(page, 'Tab');
  assert.equal(await focused(page), 'Skip to the report');
  await press(page, 'Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await done();
});

test('every stop is seen, and the walk ends', async () => {
  const { page, done } = await open(browser, 'shop.html', { reducedMotion: 'reduce' });
  let stops = 0;
  for (; stops < 120; stops++) {
    await press(page, 'Tab');
    const stop = await page.evaluate(() => {
      const at = document.activeElement;
      if (at === document.body) return null;
      const mark = at.closest('label')?.querySelector('span') || at.querySelector?.('.box') || at;
      const style = getComputedStyle(mark);
      const place = mark.getBoundingClientRect();
      return {
        html: at.outerHTML.slice(0, 120),
        ring: style.outlineStyle !== 'none' || parseFloat(style.strokeWidth) > 3,
        inView: place.bottom > 0 && place.top < innerHeight,
      };
    });
    if (!stop) break;
    assert.ok(stop.ring, `no ring around ${stop.html}`);
    assert.ok(stop.inView, `out of view: ${stop.html}`);
  }
  assert.ok(stops > 15 && stops < 120, `${stops} stops`);
  await done();
});

test('arrows walk along the graph, Enter and Escape go to the details and back', async () => {
  const { page, shoot, done } = await open(browser, 'shop.html');
  const detail = () => page.locator('.detail:visible h3').innerText();
  await tabTo(page, /^daily_sales, model, held, 1 test failed, after fct_sales$/);
  assert.equal(await detail(), 'daily_sales');
  await shoot('shop-graph-keyboard');
  await press(page, 'ArrowRight');
  assert.match(await focused(page), /^weekly_sales, model, held, after daily_sales$/);
  assert.equal(await detail(), 'weekly_sales');
  await press(page, 'ArrowLeft', 'ArrowLeft', 'ArrowLeft');
  assert.match(await focused(page), /^dim_(date|product), /);
  await press(page, 'Home');
  assert.match(await focused(page), /^retail\.invoices, source, published$/);
  await press(page, 'ArrowLeft');
  assert.match(await focused(page), /^retail\.invoices/, 'where nothing is, the focus stays');
  await press(page, 'Enter');
  assert.equal(await focused(page), 'retail.invoices');
  await press(page, 'Escape');
  assert.match(await focused(page), /^retail\.invoices, source/);
  await done();
});

test('a link of the summary leads to the details', async () => {
  const { page, done } = await open(browser, 'shop.html');
  await tabTo(page, /^weekly_sales$/);
  await press(page, 'Enter');
  assert.equal(await page.locator('.detail:visible h3').innerText(), 'weekly_sales');
  assert.equal(await focused(page), 'weekly_sales');
  assert.equal(await page.locator('[data-status]').innerText(), 'Details: weekly_sales, held');
  await done();
});

test('arrows walk along the chart', async () => {
  const { page, shoot, done } = await open(browser, 'shop.html');
  const chart = page.getByRole('slider', { name: /^Revenue by day/ });
  await tabTo(page, /^Revenue by day/);
  assert.equal(await chart.getAttribute('aria-valuetext'), '2011-12-09, 200,920.60, held');
  await press(page, 'ArrowLeft');
  assert.equal(await chart.getAttribute('aria-valuetext'), '2011-12-08, 82,495');
  assert.equal(await page.locator('.tip').innerText(), '82,495\n2011-12-08');
  await shoot('shop-chart-keyboard');
  await press(page, 'Home');
  assert.match(await chart.getAttribute('aria-valuetext'), /^2010-12-01, /);
  await done();
});

test('the chosen colours are remembered', async () => {
  const { page, done } = await open(browser, 'shop.html', { colorScheme: 'light' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole('radio', { name: 'Auto' }).focus();
  await press(page, 'ArrowRight', 'ArrowRight');
  const dark = await ground();
  assert.notEqual(dark, light);
  await page.reload();
  assert.equal(await ground(), dark);
  assert.ok(await page.getByRole('radio', { name: 'Dark' }).isChecked());
  await press(page, 'Tab');
  await page.getByRole('radio', { name: 'Auto' }).check({ force: true });
  assert.equal(await ground(), light);
  await done();
});

test('the mouse traces, zooms and reads points', async () => {
  const { page, shoot, done } = await open(browser, 'shop.html');
  await page.getByRole('link', { name: /^dim_country/ }).hover();
  const traced = await page.$$eval('.node.traced', (nodes) => nodes.length);
  assert.equal(traced, 11, 'dim_country, the 3 before it and the 7 after it');
  await shoot('shop-graph-hover');
  const width = () => page.$eval('.drawing', (svg) => svg.getBoundingClientRect().width);
  const before = await width();
  await page.getByRole('button', { name: 'Larger' }).click();
  assert.ok(await width() > before);
  const plot = page.locator('.plot');
  await plot.hover({ position: { x: (await plot.boundingBox()).width / 2, y: 60 } });
  assert.match(await page.locator('.tip').innerText(), /2011-0/);
  await done();
});
