(function () {
  var line = document.getElementById("stay");
  var before = line.getAttribute("data-seconds") > 600 ? 120 : 60;
  setTimeout(function () {
    line.className += " hhb-stay--ends";
    line.setAttribute("role", "alert");
    line.querySelector("a").focus({ preventScroll: true });
  }, (line.getAttribute("data-seconds") - before) * 1000);
})();
