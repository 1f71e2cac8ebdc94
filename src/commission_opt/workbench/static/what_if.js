// Controls of a what-if: whatever is set last is asked for, one question at a time.
import { draw } from "./chart.js";
import { ask, made, table } from "./page.js";

const bench = document.querySelector(".bench");
const controls = [...document.querySelectorAll("#controls input[type=range]")];
const numbers = new Map(
  [...document.querySelectorAll("#controls input[type=number]")].map((each) => [each.dataset.of, each]),
);
const others = document.getElementById("others");
const said = document.getElementById("said");

function changes() {
  const found = [];
  for (const control of controls) {
    const share = Number(numbers.get(control.id).value || "100");
    if (share !== 100) found.push(`${control.dataset.target}${Number((share / 100).toPrecision(12))}`);
  }
  return [...found, ...others.value.split("\n").map((line) => line.trim()).filter(Boolean)];
}

function show(answer) {
  const lines = answer.sentences.map((sentence) => made("p", sentence));
  if (answer.reason) lines.unshift(made("p", answer.reason, { class: "bad reason" }));
  said.replaceChildren(...lines);
  document.getElementById("how").hidden = answer.status === "bracket";
  if (answer.command) document.getElementById("command").textContent = answer.command;
  const chart = document.getElementById("chart"), tables = document.getElementById("tables");
  const header = ["as given", "with the changes", "change"];
  const all = answer.tables ?? [];
  tables.replaceChildren(...all.map((each) => table(each.title, [each.title, ...header], each.rows)));
  if (!answer.years) {
    chart.replaceChildren();
    return;
  }
  const line = (values) => values.map((value, i) => [i, value]);
  const series = [{ name: "with the changes", kind: "new", points: line(answer.shortfall) }];
  if (answer.base) series.unshift({ name: "as given", kind: "old", points: line(answer.base) });
  draw(chart, "Shortfall by year, FTE", series, answer.years, true);
}

let busy = false, wanted = false;

async function work() {
  wanted = true;
  if (busy) return;
  busy = true;
  bench.setAttribute("aria-busy", "true");
  while (wanted) {
    wanted = false;
    const asked = changes();
    for (const hidden of document.querySelectorAll("[data-changes]")) hidden.value = asked.join("\n");
    try {
      show(await ask(bench.dataset.ask, asked));
    } catch (error) {
      show({ sentences: [], reason: `No answer came: ${error.message}` });
    }
    bench.dataset.answered = JSON.stringify(asked);
  }
  busy = false;
  bench.removeAttribute("aria-busy");
}

for (const control of controls) {
  const number = numbers.get(control.id);
  control.addEventListener("input", () => {
    number.value = control.value;
    work();
  });
  number.addEventListener("change", () => {
    control.value = number.value || "100";
    work();
  });
}
others.addEventListener("change", work);
document.getElementById("controls").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("as-given").addEventListener("click", () => {
  for (const control of controls) control.value = numbers.get(control.id).value = "100";
  others.value = "";
  work();
});

work();
