// Before the first paint, so that the page does not flash in the other colours. No module: those run later.
{
  const theme = localStorage.getItem('recorder.theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
}
