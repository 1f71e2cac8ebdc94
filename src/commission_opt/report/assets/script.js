"use strict";
// Tables sort by their headings and are filtered by profession and region. Without this script the
// page has the same content, in the order of the report.
(() => {
  const text = (row, at) => row.cells[at].textContent;

  // "1,325.6", "£12.5m", "+26.4 %", "−3" and "2026/27" as numbers; words as not a number.
  const number = (shown) => {
    const plain = shown.replace(/[,£%+±\s]/g, "").replace("−", "-").replace(/\/\d\d$/, "");
    const millions = plain.endsWith("m");
    const value = plain === "" ? NaN : Number(millions ? plain.slice(0, -1) : plain);
    return millions ? value * 1e6 : value;
  };

  const words = new Intl.Collator("en-GB");
  const compare = (a, b) => {
    const x = a.number, y = b.number;
    if (!isNaN(x) && !isNaN(y)) return x - y;
    if (isNaN(x) !== isNaN(y)) return isNaN(x) ? 1 : -1;
    return words.compare(a.text, b.text);
  };

  const sort = (table, at) => {
    const heading = table.tHead.rows[0].cells[at];
    const numbers = heading.classList.contains("n");
    const before = heading.getAttribute("aria-sort");
    const down = before === null ? numbers : before === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].map((row) => {
      const shown = text(row, at);
      return { row, text: shown, number: number(shown) };
    });
    rows.sort((a, b) => (down ? -1 : 1) * compare(a, b));
    table.tBodies[0].append(...rows.map((one) => one.row));
  };

  for (const table of document.querySelectorAll("table")) {
    if (table.tBodies[0].rows.length < 2) continue;
    [...table.tHead.rows[0].cells].forEach((heading, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, at));
      heading.append(button);
    });
  }

  const form = document.querySelector("form.filters");
  if (form === null) return;
  const tables = [...document.querySelectorAll("table[data-profession], table[data-region]")];
  const filter = () => {
    const wanted = [...form.querySelectorAll("select")].filter((select) => select.value !== "");
    let seen = 0, all = 0;
    for (const table of tables) {
      const columns = wanted
        .filter((select) => select.name in table.dataset)
        .map((select) => [Number(table.dataset[select.name]), select.value]);
      for (const row of table.tBodies[0].rows) {
        row.hidden = columns.some(([at, value]) => text(row, at) !== value);
        all += 1;
        seen += row.hidden ? 0 : 1;
      }
      if (table.tFoot) table.tFoot.hidden = columns.length > 0;
    }
    form.querySelector("[role=status]").textContent =
      wanted.length === 0 ? "" : `${seen} of ${all} rows shown in ${tables.length} tables`;
  };
  form.addEventListener("change", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
