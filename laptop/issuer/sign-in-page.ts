import type { AuthorizationRequest } from "./authorization-code.ts";

const style = `
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f1f3f5, #141517) }
  main { box-sizing: border-box; width: min(24rem, calc(100vw - 2rem)); padding: 2rem; border-radius: .75rem;
    background: light-dark(#fff, #1f2023); color: light-dark(#212529, #e9ecef); box-shadow: 0 1px 12px #0002 }
  h1 { margin: 0 0 .25rem; font-size: 1.4rem }
  p { margin: 0 0 1.25rem; color: light-dark(#495057, #adb5bd); font-size: .9rem }
  label { display: block; margin-bottom: 1rem; font-weight: 600; font-size: .9rem }
  input { box-sizing: border-box; width: 100%; margin-top: .25rem; padding: .6rem .75rem; font: inherit;
    border: 1px solid light-dark(#868e96, #6b7075); border-radius: .5rem; background: transparent; color: inherit }
  button { width: 100%; padding: .7rem; font: inherit; font-weight: 600; border: 0; border-radius: .5rem;
    background: #1864ab; color: #fff; cursor: pointer }
  :focus-visible { outline: 3px solid #4dabf7; outline-offset: 2px }`;

/** Asks for the user name. On this machine nobody needs a password. */
export function signInPage(request: AuthorizationRequest, action: string): string {
  const hidden = Object.entries(request)
    .filter(([name, value]) => name !== "scope" && value !== undefined)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value ?? "")}">`);
  return page(
    "Sign in",
    `<h1>Sign in</h1>
<p>to <strong>${escapeHtml(request.client_id)}</strong>. This issuer serves one machine: any name will do.</p>
<form method="post" action="${escapeHtml(action)}">${hidden.join("")}
<label>Name<input name="subject" value="demo" required maxlength="128" autocomplete="username" autofocus></label>
<label>Scopes<input name="scope" value="${escapeHtml(request.scope)}" required spellcheck="false"></label>
<button>Sign in</button>
</form>`,
  );
}

export function refusalPage(reason: string): string {
  return page("Not possible", `<h1>Sign-in is not possible</h1><p>${escapeHtml(reason)}</p>`);
}

function page(title: string, main: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head>
<body><main>${main}</main></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
