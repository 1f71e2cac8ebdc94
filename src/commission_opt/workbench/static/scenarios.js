// Scenarios side by side, each worked out in fractions of places.
import { ask, made, table } from "./page.js";

const place = document.getElementById("beside");
if (place) {
  const scenarios = JSON.parse(place.dataset.scenarios), names = JSON.parse(place.dataset.names);
  const answers = [];
  try {
    for (const changes of scenarios) answers.push(await ask(place.dataset.ask, changes));
    place.classList.add("tables");
    place.replaceChildren(...beside(answers));
  } catch (error) {
    place.replaceChildren(made("p", `No answer came: ${error.message}`, { class: "bad" }));
  }

  function beside(found) {
    const whole = found.filter((answer) => answer.tables);
    const parts = found.flatMap((answer, i) =>
      answer.tables ? [] : [made("p", `${names[i]}: ${answer.reason}`, { class: "bad reason" })],
    );
    const titles = [...new Set(whole.flatMap((answer) => answer.tables.map((each) => each.title)))];
    for (const title of titles) {
      const of = found.map((answer) => answer.tables?.find((each) => each.title === title)?.rows ?? []);
      const lines = [...new Set(of.flatMap((rows) => rows.map((row) => row[0])))];
      const rows = lines.map((name) => {
        const cells = of.map((each) => each.find((row) => row[0] === name));
        return [name, cells.find(Boolean)[1], ...cells.map((cell) => cell?.[2] ?? "–")];
      });
      parts.push(table(title, [title, "as given", ...names], rows));
    }
    return parts;
  }
}
