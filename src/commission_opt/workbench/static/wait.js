// Loads the page again once the commands that it waits for are over.
const EVERY = 700; // milliseconds
const numbers = document.querySelector("[data-waiting]").dataset.waiting.split(" ");

async function over(number) {
  const answer = await fetch(`/commands/${number}/state`, { headers: { accept: "application/json" } });
  return answer.ok && (await answer.json()).over;
}

async function look() {
  const ended = await Promise.all(numbers.map(over)).catch(() => [false]);
  if (ended.every(Boolean)) return location.reload();
  setTimeout(look, EVERY);
}

look();
