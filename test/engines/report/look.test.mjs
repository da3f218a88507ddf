// The page in every form in which somebody may look at it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkAccess, launch, open, unfold } from './browser.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const wide = { width: 1440, height: 900 };
const narrow = { width: 390, height: 844 };

const looks = [
  ['shop', 'light', wide], ['shop', 'light', narrow], ['shop', 'dark', wide], ['shop', 'dark', narrow],
  ['large', 'light', wide], ['large', 'dark', narrow],
  ['hostile', 'light', narrow], ['hostile', 'dark', wide],
  ['empty', 'light', wide],
];

for (const [name, colorScheme, viewport] of looks) {
  test(`${name} is accessible and fits, ${colorScheme}, ${viewport.width} wide`, async () => {
    const { page, shoot, done } = await open(browser, `${name}.html`, { colorScheme, viewport });
    await shoot(`${name}-${colorScheme}-${viewport.width}`);
    await unfold(page);
    await checkAccess(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(overflow, 0, 'the page scrolls sideways');
    await done();
  });
}

test('nothing in a project runs', async () => {
  const { page, done } = await open(browser, 'hostile.html');
  await unfold(page);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator('script').count(), 2);
  assert.equal(await page.locator('img').count(), 0);
  await done();
});

test('the page reads without script', async () => {
  const { page, done } = await open(browser, 'shop.html', { javaScriptEnabled: false });
  assert.match(await page.locator('h1').innerText(), /2 are held/);
  await page.getByRole('link', { name: /^weekly_sales, model/ }).click();
  assert.equal(await page.locator('.detail:visible h3').innerText(), 'weekly_sales');
  assert.ok(await page.locator('.theme').isHidden(), 'a control that does nothing is shown');
  await done();
});

test('what the eye sees by colour is also a shape and a word', async () => {
  const { page, done } = await open(browser, 'large.html');
  const shapes = await page.$$eval('.node', (nodes) => [...new Set(nodes.map((n) =>
    `${n.querySelector('use.mark').getAttribute('href')} ${n.getAttribute('aria-label').split(', ')[2]}`))].sort());
  assert.deepEqual(shapes, ['#i-cross failed', '#i-dashed not built', '#i-dot unchanged', '#i-empty skipped', '#i-full published', '#i-half held']);
  await done();
});

test('nothing moves for those who asked for that', async () => {
  const { page, done } = await open(browser, 'shop.html', { reducedMotion: 'reduce' });
  const moving = await page.$$eval('*', (all) => all.filter((e) => getComputedStyle(e).transitionDuration !== '0s').length);
  assert.equal(moving, 0);
  await done();
});

test('it prints light, whole and without controls', async () => {
  const { page, shoot, done } = await open(browser, 'shop.html', { colorScheme: 'dark', viewport: { width: 794, height: 1123 } });
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
  for (const control of ['.theme', '.zoom', '.top nav']) assert.ok(await page.locator(control).isHidden(), `${control} is printed`);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, 'the print is cut');
  await shoot('shop-print');
  await done();
});

test('its marks show in forced colours', async () => {
  const { page, shoot, done } = await open(browser, 'shop.html', { forcedColors: 'active' });
  await shoot('shop-forced-colours');
  await done();
});
