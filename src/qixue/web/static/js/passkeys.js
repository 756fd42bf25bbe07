// Lets a form ask the browser for a passkey: fetches the question, lets the browser answer, writes the answer into the form.
// The form stays hidden (or is refused in words by the server) where the browser has no passkeys.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

async function ask(form) {
  const response = await fetch(form.dataset.question, { method: "POST", body: new FormData(form) });
  if (!response.ok) throw new Error(`the question answers ${response.status}`);
  const { publicKey } = await response.json();
  publicKey.challenge = bytes(publicKey.challenge);
  if (form.dataset.passkey === "create") {
    publicKey.user.id = bytes(publicKey.user.id);
    publicKey.excludeCredentials = keys(publicKey.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  }
  publicKey.allowCredentials = keys(publicKey.allowCredentials);
  return navigator.credentials.get({ publicKey });
}

function written(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const trouble = form.querySelector("[data-trouble]");
  form.addEventListener("submit", async (event) => {
    if (form.elements.name && !form.elements.name.value.trim()) return; // the server says that the name is missing
    event.preventDefault();
    trouble.hidden = true;
    try {
      form.elements.answer.value = written(await ask(form));
      form.submit();
    } catch (error) {
      trouble.hidden = false;
    }
  });
}
