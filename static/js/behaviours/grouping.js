// A table's notes that are being put together lie no longer in the list while that is on its way.
document.addEventListener("outbox:change", ({ detail: items }) => {
  const fields = items.filter(({ kind }) => kind === "pile").flatMap((item) => item.fields);
  const going = new Set(fields.filter(([name]) => name === "note").map(([, value]) => value));
  for (const box of document.querySelectorAll("#grouping [name=note]")) {
    const leaves = going.has(box.value);
    if (leaves) box.checked = false;
    box.disabled = box.parentElement.hidden = leaves;
  }
  const name = document.getElementById("pile-name");
  if (name && fields.some(([field, value]) => field === "name" && value === name.value)) name.value = "";
});
document.dispatchEvent(new Event("outbox:ask"));
