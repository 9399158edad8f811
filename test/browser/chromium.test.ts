import { expect, it } from 'vitest';
import { launch } from './chromium.ts';

it('a browser starts and renders a page', async () => {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(
      'data:text/html,<title>ready</title><p id="here">40</p><script>here.textContent = Number(here.textContent) + 2</script>',
    );
    expect(await page.title()).toBe('ready');
    expect(await page.textContent('#here')).toBe('42');
  } finally {
    await browser.close();
  }
});
