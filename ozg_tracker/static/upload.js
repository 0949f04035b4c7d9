/* A form with a file: it can be dropped onto it, and the person sees how far it is. Without this file the form's own
   button does the same work. */

for (const form of document.querySelectorAll("form[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector(".ozg-drop");
  const progress = form.querySelector(".ozg-drop__progress");
  const [bar, words] = progress.children;
  form.querySelector(".ozg-drop__hint").hidden = false;

  const say = (text, done) => {
    progress.hidden = false;
    bar.hidden = done === null;
    if (done === undefined) bar.removeAttribute("value");
    else bar.value = done ?? 0;
    words.textContent = text;
  };

  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.toggle("ozg-drop--over", kind === "dragover");
    });
  }
  zone.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const request = new XMLHttpRequest();
    const failed = (text) => {
      say(text, null);
      button.disabled = false;
    };
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (sent) => {
      const percent = Math.floor((100 * sent.loaded) / sent.total);
      say(
        percent < 100 ? `${form.dataset.sending}: ${percent} %` : form.dataset.reading,
        percent < 100 ? percent : undefined,
      );
    });
    request.addEventListener("load", () => {
      if (request.status !== 201) return failed(request.response?.errors?.join(" ") || form.dataset.failed);
      say(form.dataset.reading);
      location.assign(request.response.address);
    });
    request.addEventListener("error", () => failed(form.dataset.failed));
    button.disabled = true;
    say(form.dataset.sending, 0);
    request.send(new FormData(form));
  });
}

/* A page that comes back from the browser's memory is ready for the next file. */
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-drop]")) {
    form.querySelector("button").disabled = false;
    form.querySelector(".ozg-drop__progress").hidden = true;
  }
});
