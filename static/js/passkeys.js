/* Asks a device for a passkey, or for an answer by one, and sends what it says. Without this file a code is typed. */
"use strict";

(() => {
  const form = document.querySelector("form[data-passkey]");
  const isNew = form?.dataset.passkey === "create";
  const read = isNew ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  if (!form || !window.PublicKeyCredential?.[read]) return;
  const status = form.querySelector("[role=status]");
  const answer = form.elements.namedItem("credential");
  status.textContent = "";
  form.hidden = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // Not yet on its way: the guard against sending twice begins with the answer.
    event.stopPropagation();
    status.textContent = "Følg din enheds anvisning.";
    const publicKey = PublicKeyCredential[read](JSON.parse(form.dataset.options).publicKey);
    try {
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      answer.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      status.textContent =
        error.name === "InvalidStateError"
          ? "Enheden har en nøgle her i forvejen."
          : "Enheden svarede ikke. Prøv igen, eller brug en kode.";
    }
  });
})();
