// Points on a plain ground. Without this script the list beneath says the same.
"use strict";
document.querySelectorAll("[data-points]").forEach(async (box) => {
  const points = JSON.parse(document.getElementById(box.dataset.points).textContent);
  if (!points.length) return;
  box.hidden = false;
  const map = L.map(box, { attributionControl: false, scrollWheelZoom: false, minZoom: 5, maxZoom: 14 });
  map.zoomControl.remove();
  L.control.zoom({ zoomInTitle: box.dataset.closer, zoomOutTitle: box.dataset.farther }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const colour = getComputedStyle(document.documentElement);
  const token = (name) => colour.getPropertyValue(name).trim();
  points.forEach((point) => {
    const dot = L.circleMarker(point.at, { radius: 7, color: token("--paper"), weight: 2, fillColor: token("--canopy"), fillOpacity: 1 });
    const words = document.createElement("span");
    words.textContent = point.label;
    dot.bindTooltip(words).addTo(map);
    if (point.url) dot.on("click", () => { location.href = point.url; });
  });
  map.on("zoomend", () => box.classList.toggle("far", map.getZoom() < 8)); // names would lie on each other
  map.fitBounds(L.latLngBounds(points.map((point) => point.at)), { maxZoom: 9, padding: [24, 24] });
  const answer = await fetch(box.dataset.outlines, { credentials: "same-origin" });
  if (!answer.ok) return;
  const name = "name_" + (document.documentElement.lang === "ur" ? "ur" : "en");
  L.geoJSON(await answer.json(), {
    interactive: false,
    style: { color: token("--line-strong"), weight: 1, fillColor: token("--paper"), fillOpacity: 0.9 },
    onEachFeature: (feature, layer) => layer.bindTooltip(feature.properties[name], { permanent: true, direction: "center", className: "district-name" }),
  }).addTo(map).bringToBack();
});
