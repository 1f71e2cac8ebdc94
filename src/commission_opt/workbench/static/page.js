// What the scripts of several pages share: everything is put on a page as text, never as HTML.
export function made(tag, text, attributes = {}) {
  const found = document.createElement(tag);
  if (text !== undefined) found.textContent = text;
  for (const [name, value] of Object.entries(attributes)) found.setAttribute(name, value);
  return found;
}

export function table(title, header, rows) {
  const whole = made("table");
  whole.append(made("caption", title, { class: "hidden" }));
  const head = made("tr");
  header.forEach((each, i) => head.append(made("th", each, { scope: "col", ...(i ? { class: "n" } : {}) })));
  const top = made("thead");
  top.append(head);
  const body = made("tbody");
  for (const row of rows) {
    const line = made("tr");
    row.forEach((cell, i) =>
      line.append(i ? made("td", cell, { class: "n" }) : made("th", cell, { scope: "row" })),
    );
    body.append(line);
  }
  whole.append(top, body);
  const scroll = made("div", undefined, { class: "scroll", role: "region", tabindex: "0", "aria-label": `Table: ${title}` });
  scroll.append(whole);
  return scroll;
}

export async function ask(address, changes) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ changes }),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}
