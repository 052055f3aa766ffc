// Light or dark: what somebody chose here, else what the system prefers. Runs before the first paint.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // a locked-down browser keeps nothing
    }
  };
  const apply = () => {
    document.documentElement.dataset.theme = chosen() ?? (system.matches ? "dark" : "light");
  };
  window.toggleTheme = () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", next);
    } catch {
      // kept for this page only
    }
    document.documentElement.dataset.theme = next;
  };
  system.addEventListener("change", apply);
  apply();
})();
