import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summarySchema } from '../harness/report/summary';
import { run } from './command';

/** In a real browser, where there is one: Debian's Chromium, or what CHROMIUM names. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const hasBrowser = fs.existsSync(CHROMIUM);

let out: string;
beforeAll(async () => {
  out = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-report-')), 'night');
  await run('fuzz', '--variant', 'H12', '--seed', '1', '--for', '3000x', '--out', out);
});
afterAll(() => fs.rmSync(path.dirname(out), { recursive: true, force: true }));

const read = (name: string): string => fs.readFileSync(path.join(out, name), 'utf8');

it('a campaign leaves a report in every form', () => {
  const summary = summarySchema.parse(JSON.parse(read('summary.json')));
  expect(summary.findings.map(({ property }) => property).sort()).toEqual(['S1', 'S12', 'S2', 'checkThrows']);
  for (const { file, page } of summary.findings) for (const name of [file, page]) expect(read(name)).not.toBe('');
  expect(read('junit.xml')).toContain('failures="');
  expect(read('summary.md')).toContain('npm run -s replay -- pr1:H12:');
  expect(read('events.jsonl').trim().split('\n').at(-1)).toContain('"type":"summary"');
});

describe.skipIf(!hasBrowser)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    const { chromium } = await import('playwright-core');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());

  /** Opens a page, and collects whatever it complains of or wants from elsewhere. */
  async function open(
    name: string,
    colorScheme: 'light' | 'dark',
    width: number,
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('request', (request) => /^(file|data):/.test(request.url()) || complaints.push(request.url()));
    await page.goto(`file://${path.join(out, name)}`);
    return { page, complaints };
  }
  const findingPage = () => {
    const names = fs.readdirSync(path.join(out, 'findings'));
    return path.join('findings', names.find((name) => /-S2-.*html$/.test(name))!);
  };

  it.each([
    ['light', 1000],
    ['dark', 1000],
    ['light', 400],
    ['dark', 400],
  ] as const)('both pages fit and can be read, %s at %i px', async (scheme, width) => {
    for (const name of ['report.html', findingPage()]) {
      const { page, complaints } = await open(name, scheme, width);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.evaluate(CONTRAST)).toBeGreaterThan(4.5);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  it('the report shows what broke first, and leads to its page', async () => {
    const { page } = await open('report.html', 'light', 1000);
    const box = await page.locator('section.card').first().boundingBox();
    expect(box!.y).toBeLessThan(700);
    expect(await page.locator('h1').textContent()).toContain('Planted bug H12: 4 findings, probably 1 bug');
    await page.getByRole('link', { name: /reads a frame of/ }).click();
    expect(await page.locator('h1').textContent()).toMatch(/^M\d reads a frame of G\d .* on a stack/);
    await page.close();
  });

  it('the slider goes through the run, by mouse and by keyboard', async () => {
    const { page } = await open(findingPage(), 'light', 1000);
    const step = () => page.locator('#number').textContent();
    const steps = await page.locator('#story li').count();
    expect(await step()).toBe(`${steps} of ${steps}`);
    expect(await page.locator('#line').textContent()).toContain('fpTracebackPCs');
    const slider = page.locator('#step');
    await slider.press('Home');
    expect(await step()).toBe(`1 of ${steps}`);
    await slider.press('ArrowRight');
    expect(await step()).toBe(`2 of ${steps}`);
    const mover = (await page.locator('#line').textContent())!.slice(0, 2);
    await slider.press('PageDown');
    await slider.press('ArrowRight');
    expect((await page.locator('#line').textContent())!.slice(0, 2)).not.toBe(mover);
    await page
      .locator('#story li')
      .nth(4)
      .click({ position: { x: 4, y: 4 } });
    expect(await step()).toBe(`5 of ${steps}`);
    await page.getByRole('button', { name: 'to where two hold it' }).click();
    expect(await page.locator('#state tr.red').textContent()).toMatch(/walked by M\d.*copied by M\d/);
    await page.close();
  });
});

/** The contrast of the text against its page (WCAG 2). */
const CONTRAST = `(() => {
  const light = (text) => {
    const linear = (it) => it <= 0.03928 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = text.match(/[\\d.]+/g).map((it) => linear(Number(it) / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const back = light(getComputedStyle(document.body).backgroundColor);
  const texts = [...document.querySelectorAll('h1, p, a, .soft, td, th, pre')];
  const all = texts.map((it) => light(getComputedStyle(it).color));
  return Math.min(...all.map((it) => (Math.max(it, back) + 0.05) / (Math.min(it, back) + 0.05)));
})()`;
