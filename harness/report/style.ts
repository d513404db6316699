import { type Markup, raw, tag } from './tag';

/** The look of both pages: one column, light or dark as the reader has it, from 400 px up. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1d2330; --soft: #5b6475; --line: #d7dbe3; --back: #fff; --card: #f5f6f9;
  --red: #b3261e; --amber: #8a5a00; --green: #1b6b36; --blue: #2456a6; --violet: #6a3fa0; --teal: #0b6b6b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaf0; --soft: #a3acbd; --line: #353c4a; --back: #14171d;
  --card: #1d222b; --red: #ff8a80; --amber: #f0bd5b; --green: #7fd79a; --blue: #8fb8ff; --violet: #c6a3ff;
  --teal: #6fd3d0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--back); overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; } a { color: var(--blue); }
.soft { color: var(--soft); } .red { color: var(--red); } .amber { color: var(--amber); }
.green { color: var(--green); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem;
  margin: .75rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .5rem; margin: 1rem 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .5rem .75rem; }
.tile b { display: block; font-size: 1.2rem; } .tile span { color: var(--soft); font-size: .85rem; }
pre, code { font: .85rem/1.45 ui-monospace, monospace; } pre { margin: .5rem 0; white-space: pre-wrap; }
pre[aria-label=replay] { user-select: all; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: normal; }
th { color: var(--soft); font-weight: 600; } td.number, th.number { text-align: right; }
svg { display: block; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
`;

/** A page that needs nothing from anywhere else. */
export const page = (title: string, body: Markup): string =>
  tag`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
