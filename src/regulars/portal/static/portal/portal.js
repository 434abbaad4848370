/* Makes the portal an app: keeps the card for times without a network. The pages work without this. */
(function () {
  "use strict";
  var own = document.currentScript.dataset;
  var CARD = "portal-card";
  var offline = document.getElementById("offline");
  function tell() {
    if (offline) offline.hidden = navigator.onLine;
  }
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
  tell();
  if (own.page === "sign-in" && window.caches) {
    caches.delete(CARD);
  }
  if (!("serviceWorker" in navigator) || !window.caches) return;
  navigator.serviceWorker.register(own.worker, { scope: own.home }).catch(function () {});
  if (own.page === "card" && navigator.onLine) {
    caches.open(CARD).then(function (cache) {
      return cache.match(own.home).then(function (found) {
        return found || cache.add(new Request(own.home, { credentials: "same-origin" }));
      });
    }).catch(function () {});
  }
})();
