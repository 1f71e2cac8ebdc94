// What is dropped anywhere on the form is sent at once.
const form = document.querySelector("form.drop");
const file = form.querySelector("input[type=file]");

for (const kind of ["dragenter", "dragover"])
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
for (const kind of ["dragleave", "drop"])
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.remove("over");
  });
form.addEventListener("drop", (event) => {
  const { length } = event.dataTransfer.files;
  if (!length || (length > 1 && !file.multiple)) return;
  file.files = event.dataTransfer.files;
  form.requestSubmit();
});
