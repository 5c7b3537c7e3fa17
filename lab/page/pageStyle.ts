/** How all pages that the commands write look; light or dark as the reader's system is. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1d2126; --soft: #667079; --paper: #f6f6f3; --card: #fff;
  --line: #e2e2dc; --good: #1e8e4d; --bad: #c8362f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e4; --soft: #9aa3ab; --paper: #16181b;
  --card: #1f2226; --line: #33383e; --good: #46c37b; --bad: #f0655e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2.5rem 1.5rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 2.2rem; letter-spacing: -0.02em; }
header p { max-width: 46rem; color: var(--soft); margin: 0.4rem 0 1.5rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1px;
  margin: 0; background: var(--line); border: 1px solid var(--line); border-radius: 10px;
  overflow: hidden; }
.figures div { background: var(--card); padding: 0.8rem 1rem; }
dt, .note { color: var(--soft); font-size: 0.8rem; }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
dd.note { font-size: 0.8rem; }
section { margin-top: 1.5rem; padding: 1.1rem 1.25rem; background: var(--card);
  border: 1px solid var(--line); border-left: 5px solid var(--good); border-radius: 10px; }
section.bad { border-left-color: var(--bad); }
h2 { margin: 0 0 0.8rem; font-size: 1.2rem; font-weight: 600; display: flex; gap: 0.8rem;
  align-items: baseline; flex-wrap: wrap; }
.verdict { font-size: 0.85rem; color: var(--good); }
.bad .verdict { color: var(--bad); }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 0.8rem; }
figure { margin: 0; }
img { width: 100%; height: auto; display: block; border-radius: 6px; background: var(--line); }
figcaption, .detail, footer { color: var(--soft); font-size: 0.85rem; }
.detail { margin: 0.7rem 0 0; font-variant-numeric: tabular-nums; }
footer { margin-top: 2rem; overflow-wrap: anywhere; }
footer p { margin: 0.2rem 0; }
`;
