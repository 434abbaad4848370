/* The service worker: styles and script from the cache, pages from the network; when there is none, the last card,
   and on a device that has no card a page that says so. */
var KEPT = "portal-" + VERSION, CARD = "portal-card", spoken = "", keeping = Promise.resolve();

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(KEPT).then(function (cache) { return cache.addAll(SHELL.concat(OFFLINE)); }).then(function () { return self.skipWaiting(); }));
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

/* The page for times without a network, in the language in which pages come now; one after the other, so that an
   answer that was long on its way is not put over a later one. */
function keepOffline(response) {
  var language = response.headers.get("Content-Language");
  if (!language || language === spoken) return;
  spoken = language;
  keeping = keeping.then(function () { return caches.open(KEPT); }).then(function (cache) {
    return cache.add(OFFLINE);
  }).catch(function () { spoken = ""; });
}

function page(request, path) {
  return fetch(request).then(function (response) {
    keepOffline(response);
    if (path === SIGN_IN) return caches.delete(CARD).then(function () { return response; });
    if (path === HOME && response.status === 200 && !response.redirected) {
      var copy = response.clone();
      caches.open(CARD).then(function (cache) { return cache.put(HOME, copy); });
    }
    return response;
  }, function (error) {
    return lastCard().then(function (found) {
      return found || caches.match(OFFLINE).then(function (kept) {
        if (kept) return kept;
        throw error;
      });
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
