// Keys, copy buttons and toasts. Everything here is an extra: reading and forms work without it.
(() => {
  "use strict";

  const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const find = document.getElementById("find");
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && find) {
      event.preventDefault();
      find.focus();
      find.select();
      return;
    }
    if (event.metaKey || event.ctrlKey || typing(event.target)) return;
    if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      document.getElementById("keys")?.showModal();
      return;
    }
    if (leads(event.key)) return;
    if (event.key === "/" && find) {
      event.preventDefault();
      find.focus();
      return;
    }
    if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
      return;
    }
    const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });

  // g, and within two seconds the letter of a place, goes there.
  const places = { t: "/", a: "/accounts", j: "/journeys", s: "/sources" };
  let began = 0;

  function leads(key) {
    const going = Date.now() - began < 2000;
    began = key === "g" ? Date.now() : 0;
    if (going && Object.hasOwn(places, key)) location.assign(places[key]);
    return key === "g" || (going && Object.hasOwn(places, key));
  }

  // j and k move along the list that the page marks with data-steps; following its links loads the next one.
  function step(by) {
    const links = [...document.querySelectorAll("[data-steps] a[data-step]")];
    if (!links.length) return;
    const at = links.findIndex((link) => link === document.activeElement || link.getAttribute("aria-current"));
    const next = links[Math.min(links.length - 1, Math.max(0, at + by))];
    next.focus();
    next.click();
  }

  function ready(root) {
    for (const button of root.querySelectorAll("[data-copy]")) {
      if (!navigator.clipboard) continue;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
        const said = button.lastChild;
        said.textContent = "Copied";
        setTimeout(() => { said.textContent = "Copy"; }, 2000);
      });
    }
    for (const toast of root.querySelectorAll("[data-toast]")) {
      let left = Number(toast.dataset.toast);
      const tick = setInterval(() => {
        if (toast.matches(":hover, :focus-within")) return;
        left -= 1;
        if (left <= 0) { clearInterval(tick); toast.remove(); }
      }, 1000);
    }
    for (const field of root.querySelectorAll("[data-submits]")) {
      field.addEventListener("change", () => field.form.requestSubmit());
    }
  }

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  const address = new URL(location.href);
  if (address.searchParams.has("did")) {
    address.searchParams.delete("did");
    address.searchParams.delete("act");
    history.replaceState(null, "", address);
  }
  ready(document);
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) ready(event.target); });
})();
