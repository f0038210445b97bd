import { css } from '../../vendor/lit.js';

/** What all components share: controls, tables, messages. Colours come from tokens.css. */
export const shared = css`
  :host { box-sizing: border-box; }
  *, *::before, *::after { box-sizing: inherit; }
  h1 { font-size: var(--size-l); font-weight: 600; margin: 0; }
  h2 { font-size: 1rem; font-weight: 600; margin: 0 0 var(--space-2); }
  p { margin: 0 0 var(--space-2); }
  a { color: var(--accent); }
  .muted { color: var(--muted); }
  .mono { font-family: var(--mono); font-variant-numeric: tabular-nums; }
  .row { display: flex; flex-wrap: wrap; gap: var(--space-2); align-items: center; }
  .grow { flex: 1 1 auto; min-width: 0; }
  .card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: var(--space-4); }
  .hidden {
    position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }

  :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }

  button, .button {
    font: inherit; color: var(--text); background: var(--raised); border: 1px solid var(--edge); border-radius: var(--radius);
    min-height: var(--target); padding: 0 var(--space-3); cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; gap: var(--space-1);
    justify-content: center; white-space: nowrap;
  }
  button:hover:not(:disabled), .button:hover { border-color: var(--text); }
  button:disabled { color: var(--muted); border-color: var(--line); cursor: default; }
  button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
  button.primary:disabled { background: var(--raised); border-color: var(--line); color: var(--muted); }
  button.danger { color: var(--danger); border-color: var(--danger); background: transparent; }
  button.quiet { background: transparent; border-color: transparent; }
  button.quiet:hover:not(:disabled) { border-color: var(--edge); }

  input, select, textarea {
    font: inherit; color: var(--text); background: var(--bg); border: 1px solid var(--edge); border-radius: var(--radius);
    min-height: var(--target); padding: var(--space-1) var(--space-2); max-width: 100%;
  }
  input[type="checkbox"] { min-height: 24px; width: 20px; accent-color: var(--accent); }
  input[aria-invalid="true"], select[aria-invalid="true"], textarea[aria-invalid="true"] { border-color: var(--danger); border-width: 2px; }
  ::placeholder { color: var(--muted); opacity: 1; }

  .field { display: grid; align-content: start; gap: var(--space-1); margin-bottom: var(--space-3); }
  .field > label { font-weight: 600; }
  .field .hint { color: var(--muted); font-size: var(--size-s); margin: 0; }
  .field .error { color: var(--danger); margin: 0; }

  .message { border: 1px solid var(--line); border-left: 4px solid var(--accent); background: var(--surface); padding: var(--space-2) var(--space-3); border-radius: var(--radius); }
  .message.bad { border-left-color: var(--danger); background: var(--danger-bg); color: var(--text); }

  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: var(--space-2) var(--space-3); border-bottom: 1px solid var(--line); vertical-align: top; }
  th { font-weight: 600; color: var(--muted); font-size: var(--size-s); }

  .badge {
    display: inline-block; padding: 0 var(--space-2); border-radius: 4px; font-size: var(--size-s); font-weight: 700; letter-spacing: 0.02em; line-height: 1.6;
    background: var(--raised); color: var(--text); white-space: nowrap;
  }
  .badge.rec { background: var(--rec); color: var(--on-rec); }
  .badge.paused { background: var(--paused-bg); color: var(--paused); }
  .badge.waiting, .badge.disk { background: var(--wait-bg); color: var(--wait); }
  .badge.lost, .badge.away { background: var(--lost-bg); color: var(--lost); }
  .badge.ok { background: var(--ok-bg); color: var(--ok); }
  .badge.bad { background: var(--danger-bg); color: var(--danger); }
  .chip { display: inline-block; background: var(--raised); border-radius: 4px; padding: 0 6px; margin: 0 4px 2px 0; font-size: var(--size-s); overflow-wrap: anywhere; }

  dialog {
    color: var(--text); background: var(--surface); border: 1px solid var(--edge); border-radius: var(--radius); padding: var(--space-4);
    width: min(46rem, calc(100vw - 24px)); max-height: calc(100vh - 24px);
  }
  dialog::backdrop { background: rgb(0 0 0 / 60%); }

  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
  }
`;
