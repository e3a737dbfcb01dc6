package dev.neurite.dashboard;

import dev.neurite.dashboard.api.PlaygroundApi;
import dev.neurite.http.Assets;
import dev.neurite.http.HttpService;
import java.net.URI;
import java.util.List;

/// A page to play with small networks: data, layers and training are chosen on the page, the
/// library trains, and each formula is shown with its numbers.
///
/// ```java
/// try (var playground = Playground.on(8080)) {
///     System.out.println(playground.url()); // for a browser on this machine
///     …
/// }
/// ```
///
/// The page is for this machine only, and for whoever has its address, which contains a secret.
public final class Playground implements AutoCloseable {
    private static final List<String> SHARED_STYLES = List.of("css/tokens.css", "css/base.css");
    private static final List<String> SHARED_SCRIPTS = List.of("js/dom.js", "js/theme.js", "js/sse.js", "icon.svg");

    private final PlaygroundApi api;
    private final HttpService service;

    private Playground(PlaygroundApi api, HttpService service) {
        this.api = api;
        this.service = service;
    }

    /// Opens a playground.
    /// @param port the port, 0 for any free one
    /// @throws dev.neurite.error.ConfigException unless 0 to 65535
    /// @throws dev.neurite.error.ResourceException if the port is taken; the message names the
    /// next free one
    public static Playground on(int port) {
        var api = new PlaygroundApi();
        try {
            Assets assets = Assets.of(Playground.class::getResourceAsStream)
                    .addAll("/", "page/", SHARED_STYLES)
                    .addAll("/", "page/", SHARED_SCRIPTS);
            HttpService.Settings settings = HttpService.Settings.USUAL.port(port);
            HttpService service = HttpService.start(settings, api.routes(), PlaygroundApi.addTo(assets));
            return new Playground(api, service);
        } catch (RuntimeException | Error e) {
            api.close();
            throw e;
        }
    }

    /// The address for a browser, with the secret.
    public URI url() {
        return service.url("/playground");
    }

    public int port() {
        return service.port();
    }

    /// Ends the page, its experiments and their threads.
    @Override
    public void close() {
        api.close();
        service.close();
    }
}
