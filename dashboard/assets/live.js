// Optional: pages work without it. It narrows the list while a name is typed,
// and tells when a new edition is out.
(() => {
  "use strict";
  const main = document.querySelector("main[data-live]");
  const field = document.querySelector('input[type="search"]');
  const rows = document.querySelectorAll("table.board tbody tr");
  if (field && rows.length) {
    field.addEventListener("input", () => {
      const text = field.value.trim().toLowerCase();
      for (const row of rows) {
        const name = row.querySelector("th bdi");
        row.hidden = text !== "" && !(name && name.textContent.toLowerCase().includes(text));
      }
    });
    document.addEventListener("keydown", (e) => {
      if (e.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        e.preventDefault();
        field.focus();
      }
    });
  }
  if (!main || !window.EventSource) return;
  let shown = null;
  const source = new EventSource(main.dataset.live);
  source.addEventListener("edition", (e) => {
    if (shown === null) shown = e.data;
    if (e.data === shown || document.querySelector(".fresh")) return;
    const p = document.createElement("p");
    p.className = "fresh";
    p.setAttribute("role", "status");
    const a = document.createElement("a");
    a.href = location.href;
    a.textContent = main.dataset.show;
    p.append(main.dataset.new + " ", a);
    main.prepend(p);
  });
  addEventListener("pagehide", () => source.close());
})();
