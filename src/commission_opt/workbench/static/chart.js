// Lines over years or seconds, drawn as SVG without a style attribute.
const SVG = "http://www.w3.org/2000/svg";
const LEFT = 62, RIGHT = 26, TOP = 26, FOOT = 34, HEIGHT = 280;
const LEAST = 320, MOST = 640; // units of width: as many as pixels, so that texts keep their size

function element(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

const shown = (value) => Math.round(value).toLocaleString("en-GB").replace("-", "−");

function ticks(low, high) {
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-6; at += step) found.push(at);
  return found;
}

// series: [{ name, kind, points: [[x, y], …] }]; labels: names of whole x, or none for figures.
export function draw(place, title, series, labels, fromZero) {
  const WIDTH = Math.min(MOST, Math.max(LEAST, place.clientWidth));
  const all = series.flatMap((each) => each.points);
  if (!all.length) {
    place.replaceChildren();
    return;
  }
  const xs = all.map((point) => point[0]), ys = all.map((point) => point[1]);
  const left = Math.min(...xs), right = Math.max(...xs, left + 1e-9);
  let low = fromZero ? Math.min(0, ...ys) : Math.min(...ys), high = Math.max(...ys);
  if (high === low) high = low + Math.max(1, Math.abs(low) * 0.01);
  const x = (value) => LEFT + ((value - left) / (right - left)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - FOOT - ((value - low) / (high - low)) * (HEIGHT - FOOT - TOP);
  const figure = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title });
  for (const at of ticks(low, high)) {
    figure.append(element("line", { class: "rule", x1: LEFT, x2: WIDTH - RIGHT, y1: y(at), y2: y(at) }));
    figure.append(element("text", { x: LEFT - 6, y: y(at) + 4, "text-anchor": "end" }, shown(at)));
  }
  const marks = labels
    ? labels.map((label, i) => [i, label]).filter(([i]) => i % Math.ceil(labels.length / Math.floor(WIDTH / 75)) === 0)
    : ticks(left, right).map((at) => [at, `${shown(at)} s`]);
  for (const [at, label] of marks)
    figure.append(element("text", { x: x(at), y: HEIGHT - 12, "text-anchor": "middle" }, label));
  let key = LEFT;
  for (const { name, kind, points } of series) {
    const path = points.map(([px, py], i) => `${i ? "L" : "M"}${x(px).toFixed(1)} ${y(py).toFixed(1)}`);
    figure.append(element("path", { class: `line ${kind}`, d: path.join("") }));
    if (labels)
      for (const [px, py] of points) {
        const dot = element("circle", { class: kind, cx: x(px), cy: y(py), r: 3.5 });
        dot.append(element("title", {}, `${name}, ${labels[px]}: ${shown(py)}`));
        figure.append(dot);
      }
    figure.append(element("line", { class: `line ${kind}`, x1: key, x2: key + 22, y1: 11, y2: 11 }));
    figure.append(element("text", { x: key + 27, y: 15 }, name));
    key += 44 + 7 * name.length;
  }
  place.replaceChildren(figure);
}
