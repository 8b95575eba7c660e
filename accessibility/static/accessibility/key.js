(function () {
  var form = document.getElementById("key");
  if (!form || !window.PublicKeyCredential) { return; }
  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
  }
  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  }
  function named(one) { one.id = bytes(one.id); return one; }
  function question() {
    var asked = JSON.parse(form.getAttribute("data-question"));
    asked.challenge = bytes(asked.challenge);
    if (asked.user) { asked.user.id = bytes(asked.user.id); }
    if (asked.excludeCredentials) { asked.excludeCredentials.map(named); }
    if (asked.allowCredentials) { asked.allowCredentials.map(named); }
    return { publicKey: asked };
  }
  function answered(given) {
    var said = { id: given.id, rawId: text(given.rawId), type: given.type, response: {} };
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (given.response[name]) { said.response[name] = text(given.response[name]); }
    });
    form.elements.namedItem("answer").value = JSON.stringify(said);
    form.submit();
  }
  function failed() { document.getElementById("key-failed").hidden = false; }
  form.hidden = false;
  document.getElementById("key-not").hidden = true;
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    document.getElementById("key-failed").hidden = true;
    var asked = question();
    var keys = navigator.credentials;
    (asked.publicKey.user ? keys.create(asked) : keys.get(asked)).then(answered, failed);
  });
})();
