/** One page without a build: its script and style are apart only so that the policy can name them by their hashes. */

export const SETUP_STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
main { width: min(24rem, 100vw - 2rem); padding: 2rem 0; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
small { display: block; font-weight: 400; opacity: .75; }
input { box-sizing: border-box; width: 100%; margin-top: .25rem; padding: .5rem .625rem; font: inherit; border: 1px solid GrayText; border-radius: .375rem; }
button { width: 100%; margin-top: 1.5rem; padding: .625rem; font: inherit; font-weight: 600; border: 0; border-radius: .375rem; background: light-dark(#1d4ed8, #93c5fd); color: light-dark(#fff, #0b1220); cursor: pointer; }
button:disabled { opacity: .6; cursor: progress; }
:is(input, button):focus-visible { outline: 3px solid light-dark(#1d4ed8, #93c5fd); outline-offset: 2px; }
[role=alert]:not(:empty) { margin-top: 1rem; padding: .625rem; border-radius: .375rem; background: light-dark(#fee2e2, #4c1414); }
`;

export const SETUP_SCRIPT = `
const form = document.querySelector('form');
const problem = document.querySelector('[role=alert]');
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? new URLSearchParams(location.search).get('token') ?? '';
if (!token) {
  problem.textContent = 'This link has no token. Use the whole link that the server printed when it started.';
  form.querySelector('button').disabled = true;
}
const sentence = (body) => {
  const details = body.error?.details;
  const faults = Array.isArray(details) ? details.map((fault) => fault.loc ? fault.loc.at(-1) + ': ' + fault.msg : String(fault)) : [];
  return [body.error?.message ?? 'The server gave no reason', ...faults].join('. ');
};
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { email, password, organization_name } = Object.fromEntries(new FormData(form));
  const button = form.querySelector('button');
  button.disabled = true;
  problem.textContent = '';
  try {
    const response = await fetch('/api/setup', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token, email, password, organization_name: organization_name || null }),
    });
    if (!response.ok) throw new Error(sentence(await response.json()));
    history.replaceState(null, '', '/setup');
    form.hidden = true;
    const done = document.querySelector('[role=status]');
    done.textContent = 'Done: ' + email + ' is the first administrator and can sign in now. This link is spent.';
    done.focus();
  } catch (error) {
    problem.textContent = error.message;
    button.disabled = false;
  }
});
`;

export const SETUP_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Set up Flow Platform</title>
<style>${SETUP_STYLE}</style>
</head>
<body>
<main>
<h1>Set up Flow Platform</h1>
<p>Make the first organization and its administrator.</p>
<form>
<label>Organization<input name="organization_name" maxlength="255" autocomplete="organization" placeholder="My organization"></label>
<label>Email<input name="email" type="email" required autocomplete="username" autofocus></label>
<label>Password <small>8 to 128 characters</small><input name="password" type="password" required minlength="8" maxlength="128" autocomplete="new-password"></label>
<button>Make the administrator</button>
</form>
<p role="alert"></p>
<p role="status" tabindex="-1"></p>
<noscript>This form needs JavaScript. Without it, send the same as JSON to POST /api/setup.</noscript>
</main>
<script>${SETUP_SCRIPT}</script>
</body>
</html>
`;
