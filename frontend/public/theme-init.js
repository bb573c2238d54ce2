// Sets light or dark before the first paint. A file of its own, because the page's content security
// policy refuses inline scripts. The key is the one Mantine's colour scheme store writes.
(function () {
  var stored = null;
  try {
    stored = window.localStorage.getItem("mantine-color-scheme-value");
  } catch (error) {
    // Storage is blocked: follow the system.
  }
  var dark = stored === "dark" || (stored !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
