// What the tests share: one browser, and pages opened as a person would.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

const setting = (name) => {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: run this by go test -tags engines`);
  return value;
};

/** launch starts a browser with a user data folder of its own. */
export const launch = () => chromium.launch({ executablePath: setting('CHROMIUM'), args: flags });

/**
 * open shows a page by file:// and collects what must not happen there:
 * requests other than the page itself, errors, and violations of its policy.
 */
export async function open(browser, name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(join(setting('REPORT_PAGES'), name)).href;
  const troubles = [];
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url && !request.url().startsWith('data:')) troubles.push(`request ${request.url()}`);
  });
  page.on('console', (message) => troubles.push(`${message.type()} ${message.text()}`));
  page.on('pageerror', (error) => troubles.push(`error ${error.message}`));
  await page.goto(url);
  return {
    page,
    shoot: (shot) => page.screenshot({ path: join(setting('REPORT_SHOTS'), `${shot}.png`), fullPage: true }),
    async done() {
      await context.close();
      assert.deepEqual(troubles, []);
    },
  };
}

/** checkAccess runs every rule of axe. */
export async function checkAccess(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)}: ${n.failureSummary}`));
  assert.deepEqual(found, []);
}

/** unfold opens every disclosure. */
export const unfold = (page) => page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));

/** focused tells what has the focus. */
export const focused = (page) => page.evaluate(() => {
  const at = document.activeElement;
  return at.getAttribute('aria-label') || at.textContent.trim().replace(/\s+/g, ' ').slice(0, 60) || at.tagName;
});
