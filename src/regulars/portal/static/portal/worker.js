/* The service worker: styles and script from the cache, pages from the network, the last card when there is none. */
var KEPT = "portal-" + VERSION, CARD = "portal-card";

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(KEPT).then(function (cache) { return cache.addAll(SHELL); }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) {
      return name.indexOf("portal-") === 0 && name !== KEPT && name !== CARD;
    }).map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

function lastCard() {
  return caches.open(CARD).then(function (cache) { return cache.match(HOME); });
}

function page(request, path) {
  return fetch(request).then(function (response) {
    if (path === SIGN_IN) return caches.delete(CARD).then(function () { return response; });
    if (path === HOME && response.status === 200 && !response.redirected) {
      var copy = response.clone();
      caches.open(CARD).then(function (cache) { return cache.put(HOME, copy); });
    }
    return response;
  }, function (error) {
    return lastCard().then(function (found) {
      if (found) return found;
      throw error;
    });
  });
}

self.addEventListener("fetch", function (event) {
  var request = event.request, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (SHELL.indexOf(url.pathname) >= 0) {
    event.respondWith(caches.open(KEPT).then(function (cache) {
      return cache.match(url.pathname).then(function (found) { return found || fetch(request); });
    }));
  } else if (request.mode === "navigate") {
    event.respondWith(page(request, url.pathname));
  }
});
