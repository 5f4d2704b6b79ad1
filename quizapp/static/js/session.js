// The CSRF token of this page, and signing in without leaving it.
let token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export const csrfToken = () => token;

export function askToSignIn(dialog, { user, address, onDone }) {
  if (dialog.open) return;
  const form = dialog.querySelector("form");
  const error = dialog.querySelector("[role=alert]");
  error.textContent = "";
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      const page = await documentAt("/sign-in");
      const body = new URLSearchParams({
        csrf_token: tokenOf(page),
        email: dialog.querySelector("[type=email]").value,
        password: dialog.querySelector("[type=password]").value,
      });
      const reply = await fetch("/sign-in", { method: "POST", body });
      if (!reply.ok || !reply.redirected) {
        error.textContent = reply.status === 429 ? "Too many attempts. Wait a little." : "Address and password do not match.";
        return;
      }
      if (!(await renewToken({ user, address }))) {
        error.textContent = "That is another account. These answers belong to the one that began this mock.";
        return;
      }
      dialog.close();
      onDone();
    } catch {
      error.textContent = "No connection. Your answers wait here.";
    }
  };
  dialog.showModal();
}

// Another tab has signed in anew, and the token changed with it. Says whether the page's owner is still the one signed in.
export async function renewToken({ user, address }) {
  const here = await documentAt(address);
  token = tokenOf(here);
  return here.querySelector("[data-user]")?.dataset.user === user;
}

const tokenOf = (page) => page.querySelector('meta[name="csrf-token"]').content;

// XMLHttpRequest parses a page by itself, so no text of ours ever becomes markup.
export function documentAt(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.onload = () => (request.response ? resolve(request.response) : reject(new Error("no page")));
    request.onerror = () => reject(new Error("no network"));
    request.send();
  });
}
