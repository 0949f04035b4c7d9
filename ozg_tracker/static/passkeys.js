/* Says on the page why the browser refused a passkey; allauth's script tells it to the console alone. */

const place = document.querySelector("[data-passkey-refused]");
const reasons = { SecurityError: "address", InvalidStateError: "there", NotSupportedError: "unable" };

function say(why) {
  for (const each of place.children) each.hidden = each.dataset.why !== why;
  place.focus();
}

if (place) {
  document.addEventListener("allauth.error", (event) => {
    say(globalThis.PublicKeyCredential ? reasons[event.detail.exception?.name] ?? "refused" : "unable");
  });
}
