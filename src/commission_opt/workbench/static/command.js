// A command as it runs: asked about again and again until it is over.
import { draw } from "./chart.js";

const follow = document.getElementById("follow");
const put = (id, text) => (document.getElementById(id).textContent = text);
const figure = (value) => (value === null ? "–" : value.toLocaleString("en-GB", { maximumFractionDigits: 1 }).replace("-", "−"));
const EVERY = 700; // milliseconds

async function look() {
  try {
    const answer = await fetch(follow.dataset.ask, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    const found = await answer.json();
    put("state", found.state);
    put("printed", found.said);
    show(found.points);
    if (found.over) return leave(found);
  } catch (error) {
    put("state", `no answer from the workbench (${error.message}); this asks again`);
  }
  setTimeout(look, EVERY);
}

// To what was made, if it is a page; a file, or an answer, stands on the page of the command.
function leave({ state, result, answers }) {
  const page = state === "done" && result && !answers && !result.startsWith("/workbooks/");
  location.replace(page ? result : location.href);
}

function show(points) {
  const last = points.at(-1);
  if (!last) return;
  const phase = points.filter((each) => each.phase === last.phase);
  follow.querySelector(".headline").hidden = false;
  put("best", figure(last.best));
  put("bound", figure(last.bound));
  put("gap", last.gap === null ? "–" : `${last.gap} %`);
  put("seconds", figure(last.seconds));
  const line = (name) => phase.filter((each) => each[name] !== null).map((each) => [each.seconds, each[name]]);
  const series = [
    { name: "best plan", kind: "new", points: line("best") },
    { name: "bound", kind: "old", points: line("bound") },
  ].filter((each) => each.points.length > 1);
  draw(document.getElementById("chart"), "Best plan and bound over time", series, undefined, false);
}

look();
