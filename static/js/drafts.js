/* Keeps what is typed in a form with a text area while it is written: on the server, for the one who writes it alone.
   Every form works without this file. */
"use strict";

(() => {
  const PAUSE_MS = 2000;
  const LONGEST_MS = 10000;
  // A request that outlives its page may hold 64 KB, and each line break and field takes a little more than it says.
  const LARGEST_LEFT = 30000;
  const address = document.currentScript.dataset.keep;
  const stops = [];

  const keepDraftsOf = (form) => {
    const status = document.createElement("p");
    status.className = "form-hint draft-status d-print-none";
    status.setAttribute("role", "status");
    const last = [...form.querySelectorAll("textarea")].at(-1);
    (last.closest(".form-group") ?? last).after(status);

    let timer = null;
    let typedAt = 0;
    let onItsWay = null;
    const save = async ({ isLeft = false } = {}) => {
      clearTimeout(timer);
      if (!typedAt) return;
      typedAt = 0;
      const typed = new FormData(form);
      for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
      typed.set("kladde_til", form.getAttribute("action") || location.pathname + location.search);
      const keepalive = isLeft && new Blob([...typed].flat()).size < LARGEST_LEFT;
      const signal = AbortSignal.timeout(LONGEST_MS);
      try {
        onItsWay = fetch(address, { method: "POST", body: typed, signal, keepalive }).finally(() => (onItsWay = null));
        const answer = await onItsWay;
        if (answer.redirected || !answer.ok) throw new Error("not kept");
        status.textContent = (await answer.json()).text;
      } catch {
        status.textContent = "Kladden er ikke gemt: der er ingen forbindelse, eller du er logget ud. Gem, som du plejer.";
      }
    };
    form.addEventListener("input", () => {
      typedAt ||= Date.now();
      clearTimeout(timer);
      timer = setTimeout(save, Math.max(0, Math.min(PAUSE_MS, typedAt + LONGEST_MS - Date.now())));
    });
    document.addEventListener("visibilitychange", () => document.hidden && save({ isLeft: true }));
    window.addEventListener("pagehide", () => save({ isLeft: true }));
    stops.push(() => {
      typedAt = 0;
      clearTimeout(timer);
      return onItsWay;
    });
  };

  for (const form of document.querySelectorAll('form[method="post"]:not([data-autosave])')) {
    if (form.querySelector("textarea")) keepDraftsOf(form);
  }
  // What is saved, or thrown away, is no draft any more. One that the server reads after the form would stay behind as
  // a ghost: the form waits for it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    const late = stops.map((stop) => stop()).filter(Boolean);
    if (!late.length) return;
    event.preventDefault();
    Promise.allSettled(late).then(() => {
      delete form.dataset.sending;
      form.requestSubmit(event.submitter);
    });
  });
})();
